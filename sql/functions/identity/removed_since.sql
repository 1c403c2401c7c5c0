create or replace function wedsync_internal.removed_since(subject_id uuid, user_id uuid, since timestamptz)
returns boolean
language sql
stable
as $$
    select exists (
        select from wedsync_data.audit_log as l
        where l.couple_id = $1 and l.changed_at > $3 and l.change_type = 'delete'
            and l.path in ('members/' || $2, 'supplier_members/' || $2) and l.actor_id is distinct from $2
    )
$$;
comment on function wedsync_internal.removed_since(uuid, uuid, timestamptz) is
'Whether somebody else removed this user from the wedding or supplier after the given time. Members who left by themselves were not removed.';
revoke all on function wedsync_internal.removed_since(uuid, uuid, timestamptz) from public;

create or replace function wedsync_internal.access_status(couple_id uuid, grantee_id uuid)
returns text
language sql
stable
as $$
    select g.state
    from wedsync_data.grants as g
    where g.couple_id = $1 and g.grantee_id = $2
    order by array_position('{approved,pending}'::text[], g.state) nulls last, g.decided_at desc nulls last, g.created_at desc, g.id desc
    limit 1
$$;
comment on function wedsync_internal.access_status(uuid, uuid) is
'State of a pair: approved if any grant is, else pending if any is, else that of the last decision; null when nothing was ever asked.';
revoke all on function wedsync_internal.access_status(uuid, uuid) from public;

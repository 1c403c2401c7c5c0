create or replace function wedsync_internal.reaches_wedding(user_id uuid, couple_id uuid)
returns boolean
language sql
stable
as $$
    select exists (select from wedsync_data.wedding_members as m where m.couple_id = $2 and m.user_id = $1)
        or exists (
            select from wedsync_data.grants as g
            where g.couple_id = $2 and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
                and g.grantee_id in (select $1 union all select s.supplier_id from wedsync_data.supplier_members as s where s.user_id = $1)
        )
$$;
comment on function wedsync_internal.reaches_wedding(uuid, uuid) is 'Whether a user is a member of the wedding or has a grant in force, also through a supplier.';
revoke all on function wedsync_internal.reaches_wedding(uuid, uuid) from public;

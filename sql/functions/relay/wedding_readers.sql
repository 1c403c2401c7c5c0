create or replace function wedsync_internal.wedding_readers(couple_id uuid, rights bit)
returns uuid[]
language sql
stable
as $$
    select array_agg(distinct a.id)
    from (
        select m.user_id as id from wedsync_data.wedding_members as m
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where m.couple_id = $1 and r.readable & rights <> repeat('0', 128)::bit(128)
        union all
        select g.grantee_id from wedsync_data.grants as g
        where g.couple_id = $1 and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
            and g.readable & rights <> repeat('0', 128)::bit(128)
            and (g.grantee_kind = 'member' or exists (
                select from wedsync_data.connections as c where c.couple_id = $1 and c.supplier_id = g.grantee_id and c.auto_sync_enabled
            ))
    ) as a
$$;
comment on function wedsync_internal.wedding_readers(uuid, bit) is 'Users and suppliers who can read any of these rights of a wedding now; null when there are none.';
revoke all on function wedsync_internal.wedding_readers(uuid, bit) from public;

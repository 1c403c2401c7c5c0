create or replace function wedsync_internal.principals_readable(principals uuid[], couple_id uuid)
returns bit
language sql
stable
as $$
    select coalesce(bit_or(a.readable), repeat('0', 128)::bit(128))
    from (
        select r.readable
        from wedsync_data.wedding_members as m
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where m.couple_id = $2 and m.user_id = any ($1)
        union all
        select g.readable
        from wedsync_data.grants as g
        where g.couple_id = $2 and g.grantee_id = any ($1) and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
            and (g.grantee_kind = 'member' or exists (
                select from wedsync_data.connections as c
                where c.couple_id = g.couple_id and c.supplier_id = g.grantee_id and c.auto_sync_enabled
            ))
    ) as a
$$;
comment on function wedsync_internal.principals_readable(uuid[], uuid) is 'Combined rights of these users and suppliers for realtime events of a wedding.';
revoke all on function wedsync_internal.principals_readable(uuid[], uuid) from public;

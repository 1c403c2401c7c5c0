create or replace function wedsync_internal.user_access(
    user_id uuid, couple_id uuid, out readable bit, out is_member boolean, out valid_until timestamptz
)
language sql
stable
as $$
    select
        coalesce(bit_or(a.readable), repeat('0', 128)::bit(128))::bit(128),
        coalesce(bool_or(a.is_member), false),
        coalesce(min(a.valid_until), 'infinity')
    from (
        select r.readable, true as is_member, 'infinity'::timestamptz as valid_until
        from wedsync_data.wedding_members as m
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where m.user_id = $1 and m.couple_id = $2
        union all
        -- a future grant gives no access yet, but determines when to check again
        select
            case when g.valid_from <= now() then g.readable else repeat('0', 128)::bit(128) end, false,
            case when g.valid_from <= now() then g.valid_until else g.valid_from end
        from wedsync_data.grants as g
        where g.couple_id = $2 and g.state = 'approved' and g.valid_until > now()
            and g.grantee_id in (select $1 union all select s.supplier_id from wedsync_data.supplier_members as s where s.user_id = $1)
            and (g.grantee_kind = 'member' or exists (
                select from wedsync_data.connections as c
                where c.couple_id = g.couple_id and c.supplier_id = g.grantee_id and c.auto_sync_enabled
            ))
    ) as a
$$;
comment on function wedsync_internal.user_access(uuid, uuid) is
'What a user may read of a wedding: rights, whether the user is a member, and when that next changes. Suppliers without automatic sync receive nothing. For the worker, which takes the user from a verified token.';
revoke all on function wedsync_internal.user_access(uuid, uuid) from public;

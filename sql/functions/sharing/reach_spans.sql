create or replace function wedsync_internal.reach_spans(user_ids uuid[], couple_ids uuid[])
returns setof wedsync_data.reach
language sql
stable
rows 10
begin atomic
    with pairs as (
        select distinct p.user_id, p.couple_id
        from unnest($1, $2) as p (user_id, couple_id)
        join wedsync_data.weddings as w on w.id = p.couple_id
        where p.user_id is not null
    ),
    sources as (
        select
            p.couple_id, p.user_id, '-infinity'::timestamptz as valid_from, 'infinity'::timestamptz as valid_until, r.readable, r.writable,
            m.wedding_role, null::uuid as supplier_id
        from pairs as p
        join wedsync_data.wedding_members as m on m.couple_id = p.couple_id and m.user_id = p.user_id
        join wedsync_data.wedding_roles as r on r.wedding_role = m.wedding_role
        where p.user_id <> wedsync_internal.server_reader()
        union all
        select
            p.couple_id, p.user_id, g.valid_from, g.valid_until, g.readable, g.writable, null::text as wedding_role, s.supplier_id
        from pairs as p
        join wedsync_data.grants as g on g.couple_id = p.couple_id and g.state = 'approved' and g.valid_until > now()
        left join wedsync_data.supplier_members as s on s.supplier_id = g.grantee_id and s.user_id = p.user_id
        where p.user_id <> wedsync_internal.server_reader()
            and (s.supplier_id is not null or (g.grantee_kind = 'member' and g.grantee_id = p.user_id))
        union all
        select
            p.couple_id, p.user_id, '-infinity'::timestamptz as valid_from, 'infinity'::timestamptz as valid_until,
            repeat('1', 128)::bit(128) as readable, repeat('1', 128)::bit(128) as writable, null::text as wedding_role, null::uuid as supplier_id
        from pairs as p
        where p.user_id = wedsync_internal.server_reader()
    ),
    moments as (
        select s.couple_id, s.user_id, s.valid_from as moment from sources as s
        union
        select s.couple_id, s.user_id, s.valid_until from sources as s
    ),
    spans as (
        select m.couple_id, m.user_id, m.moment as valid_from, lead(m.moment) over (partition by m.couple_id, m.user_id order by m.moment) as valid_until
        from moments as m
    )
    select
        s.couple_id, s.user_id, s.valid_from, s.valid_until, null::integer, bit_or(o.readable)::bit(128), bit_or(o.writable)::bit(128),
        s.user_id <> wedsync_internal.server_reader() and bool_and(o.wedding_role is null), max(o.wedding_role),
        coalesce(array_agg(distinct o.supplier_id order by o.supplier_id) filter (where o.supplier_id is not null), '{}')
    from spans as s
    join sources as o on o.couple_id = s.couple_id and o.user_id = s.user_id and o.valid_from <= s.valid_from and o.valid_until >= s.valid_until
    where s.valid_until > now()
    group by s.couple_id, s.user_id, s.valid_from, s.valid_until;
end;
comment on function wedsync_internal.reach_spans(uuid[], uuid[]) is
'The rights of users at weddings from now on, given as pairs, computed from roles and grants: the rows that reach should have, without mask_id.';
revoke all on function wedsync_internal.reach_spans(uuid[], uuid[]) from public;

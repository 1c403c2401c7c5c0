create or replace function wedsync_internal.reach_drift()
returns table (object text, expected text, found text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    with pairs as (
        select array_agg(p.user_id) as user_ids, array_agg(p.couple_id) as couple_ids from wedsync_internal.reach_pairs() as p
    ),
    -- ignores past rows, and the start of current ones
    computed as (
        select s.couple_id, s.user_id, greatest(s.valid_from, now()) as valid_from, pg_catalog.jsonb_build_object(
            'readable', s.readable, 'writable', s.writable, 'valid_until', s.valid_until, 'by_grant', s.by_grant, 'wedding_role', s.wedding_role,
            'supplier_ids', s.supplier_ids, 'shown_as', s.readable
        ) as rights
        from pairs as p
        cross join lateral wedsync_internal.reach_spans(p.user_ids, p.couple_ids) as s
    ),
    stored as (
        select r.couple_id, r.user_id, greatest(r.valid_from, now()) as valid_from, pg_catalog.jsonb_build_object(
            'readable', r.readable, 'writable', r.writable, 'valid_until', r.valid_until, 'by_grant', r.by_grant, 'wedding_role', r.wedding_role,
            'supplier_ids', r.supplier_ids, 'shown_as', m.readable
        ) as rights
        from wedsync_data.reach as r
        left join wedsync_data.visibility_masks as m on m.id = r.mask_id
        where r.valid_until > now()
    )
    select
        format('reach of user %s at wedding %s', coalesce(c.user_id, s.user_id), coalesce(c.couple_id, s.couple_id)), c.rights::text, s.rights::text
    from computed as c
    full join stored as s on s.couple_id = c.couple_id and s.user_id = c.user_id and s.valid_from = c.valid_from
    where c.rights is distinct from s.rights
    union all
    select format('visibility mask %s', m.readable), to_jsonb(d)::text, to_jsonb(m)::text
    from wedsync_data.visibility_masks as m
    cross join lateral wedsync_internal.describe_mask(m.readable) as d
    where to_jsonb(d) - 'id' <> to_jsonb(m) - 'id'
$$;
comment on function wedsync_internal.reach_drift() is
'Rows of reach and visibility_masks that differ from members, grants, roles and the catalogue: none, unless triggers were disabled or rows were written by hand. rebuild_reach repairs them.';
revoke all on function wedsync_internal.reach_drift() from public;
grant execute on function wedsync_internal.reach_drift() to wedsync_worker, wedsync_admin;

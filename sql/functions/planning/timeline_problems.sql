create or replace function wedsync.timeline_problems(couple_id uuid, after bigint default 0, max_rows integer default 100)
returns table (number bigint, kind text, is_conflict boolean, item_id uuid, other_id uuid, minutes integer, shared text[])
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    travel constant interval := make_interval(mins => wedsync_internal.setting_limit('timeline_travel_minutes'));
begin
    perform wedsync_internal.enforce_rate_limit('planning-lists');
    perform wedsync_internal.require_timeline_reader(couple_id);
    if max_rows is null or max_rows not between 1 and 500 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "max_rows", "rule": "between 1 and 500"}');
    end if;
    return query
    with items as materialized (
        select i.id, i.starts_at, coalesce(i.ends_at, i.starts_at) as ends_at, i.location, i.owner, i.supplier_ids, i.participants, i.depends_on, i.status, i.category
        from wedsync.my_timeline as i
        where i.couple_id = timeline_problems.couple_id
    ),
    times as materialized (
        select i.id, i.starts_at, i.ends_at from items as i where i.status <> 'skipped'
    ),
    overlapping as (
        select
            'overlap'::text as kind, a.id as item_id, b.id as other_id, a.starts_at,
            ceil(extract(epoch from least(a.ends_at, b.ends_at) - b.starts_at) / 60)::integer as minutes
        from times as a
        join times as b on (b.starts_at, b.id) > (a.starts_at, a.id) and b.starts_at < a.ends_at
    ),
    dependencies as (
        select
            case when d.status = 'skipped' then 'depends_on_skipped' else 'starts_before_dependency_ends' end as kind, a.id as item_id, d.id as other_id, a.starts_at,
            case when d.status <> 'skipped' then ceil(extract(epoch from d.ends_at - a.starts_at) / 60)::integer end as minutes
        from items as a
        join items as d on d.id = any (a.depends_on)
        where a.status <> 'skipped' and (d.status = 'skipped' or d.ends_at > a.starts_at)
    ),
    -- the same people in two places, without the time to get from one to the other
    travelling as (
        select
            'no_time_to_travel'::text as kind, a.id as item_id, b.id as other_id, a.starts_at,
            ceil(extract(epoch from a.ends_at + travel - b.starts_at) / 60)::integer as minutes
        from items as a
        join items as b on b.starts_at >= a.ends_at and b.starts_at < a.ends_at + travel and (b.starts_at, b.id) > (a.starts_at, a.id)
        where a.status <> 'skipped' and b.status <> 'skipped' and a.location <> '' and b.location <> '' and lower(a.location) <> lower(b.location)
            and (a.owner <> '' and lower(a.owner) = lower(b.owner) or a.supplier_ids && b.supplier_ids or a.participants && b.participants)
            -- a transfer of its own says how long it takes
            and not exists (
                select from items as t
                where t.category = 'transport' and t.status <> 'skipped' and t.starts_at >= a.ends_at and t.starts_at <= b.starts_at and t.id not in (a.id, b.id)
            )
    ),
    page as materialized (
        select p.* from (table overlapping union all table dependencies union all table travelling) as p
        order by p.starts_at, p.item_id, p.other_id, p.kind
        offset greatest(coalesce(after, 0), 0) limit max_rows
    ),
    numbered as (
        select greatest(coalesce(after, 0), 0) + row_number() over (order by p.starts_at, p.item_id, p.other_id, p.kind) as number, p.* from page as p
    )
    -- what two items share is looked at for those of the page only
    select p.number, p.kind, case p.kind when 'overlap' then s.shared <> '{}' else p.kind <> 'no_time_to_travel' end, p.item_id, p.other_id, p.minutes, s.shared
    from numbered as p
    join items as a on a.id = p.item_id
    join items as b on b.id = p.other_id
    cross join lateral (
        select case when p.kind not in ('overlap', 'no_time_to_travel') then '{}' else array_remove(array[
            case when a.location <> '' and lower(a.location) = lower(b.location) then 'location' end,
            case when a.owner <> '' and lower(a.owner) = lower(b.owner) then 'owner' end,
            case when a.supplier_ids && b.supplier_ids then 'supplier' end,
            case when a.participants && b.participants then 'participant' end
        ], null) end as shared
    ) as s
    order by p.number;
end
$$;
comment on function wedsync.timeline_problems(uuid, bigint, integer) is
'Problems of the timeline, among the items that the caller can see, in the order of their start
kind is overlap, starts_before_dependency_ends, depends_on_skipped, or no_time_to_travel, if people are expected at another location less than timeline_travel_minutes later and no transport is planned between; other_id is the later item, or the dependency; minutes is by how much. An overlap is a conflict if the two items share a location, owner, supplier or participant, as listed in shared. Continue with the last number as after. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.timeline_problems(uuid, bigint, integer) from public;
grant execute on function wedsync.timeline_problems(uuid, bigint, integer) to authenticated, service_role, wedsync_admin;

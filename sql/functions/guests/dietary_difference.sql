create or replace function wedsync_internal.dietary_difference(before jsonb, after jsonb)
returns jsonb
language sql
immutable
parallel safe
as $$
    with counted as (
        select v.side, 'diet' as kind, d.key as name, null as severity, d.value::integer as guests
        from (values ('before', before), ('after', after)) as v (side, counts)
        cross join lateral pg_catalog.jsonb_each_text(coalesce(v.counts -> 'diets', '{}')) as d
        union all
        select v.side, 'allergen', coalesce(a.value ->> 'name', a.value ->> 'allergen'), a.value ->> 'severity', (a.value ->> 'guests')::integer
        from (values ('before', before), ('after', after)) as v (side, counts)
        cross join lateral pg_catalog.jsonb_array_elements(coalesce(v.counts -> 'allergens', '[]')) as a
        union all
        select v.side, 'meal', m.value ->> 'name', null, (m.value ->> 'guests')::integer
        from (values ('before', before), ('after', after)) as v (side, counts)
        cross join lateral pg_catalog.jsonb_array_elements(coalesce(v.counts -> 'meals', '[]')) as m
        union all
        select v.side, 'note', 'notes', null, (v.counts ->> 'notes')::integer
        from (values ('before', before), ('after', after)) as v (side, counts)
        where v.counts is not null
    ),
    changed as (
        select
            c.kind, c.name, c.severity,
            coalesce(sum(c.guests) filter (where c.side = 'before'), 0) as before, coalesce(sum(c.guests) filter (where c.side = 'after'), 0) as after
        from counted as c
        group by c.kind, c.name, c.severity
    )
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
        'kind', c.kind, 'name', c.name, 'severity', c.severity, 'before', c.before, 'after', c.after
    )) order by c.severity = 'anaphylaxis' desc nulls last, c.kind, c.name, c.severity), '[]')
    from changed as c
    where c.before <> c.after
$$;
comment on function wedsync_internal.dietary_difference(jsonb, jsonb) is
'What differs between two results of dietary_needs_of: [{kind, name, severity, before, after}], anaphylaxis first. kind is diet, allergen, meal or note; before and after are numbers of guests.';
revoke all on function wedsync_internal.dietary_difference(jsonb, jsonb) from public;

create or replace function wedsync_internal.ical_instants(properties jsonb, locations jsonb, floating_zone text)
returns table (instant timestamptz, is_date boolean, line integer, problem text)
language sql
stable
as $$
    select m.instant, m.is_date, (p.v ->> 'line')::integer, m.problem
    from pg_catalog.jsonb_array_elements(properties) as p (v)
    cross join lateral regexp_split_to_table(p.v ->> 'value', ',') as t (value)
    cross join lateral wedsync_internal.ical_moment(p.v ->> 'parameters', btrim(t.value), locations, floating_zone) as m
$$;
comment on function wedsync_internal.ical_instants(jsonb, jsonb, text) is 'The values of properties such as EXDATE as moments, each with the line of its property.';
revoke all on function wedsync_internal.ical_instants(jsonb, jsonb, text) from public;

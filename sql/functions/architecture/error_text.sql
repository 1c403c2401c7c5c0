create or replace function wedsync_internal.error_text(message text, detail jsonb)
returns text
language sql
immutable
parallel safe
as $$
    -- The message alone should tell what to change. Names come from the caller: anything that cannot be a name is not repeated.
    with named (name, rule, position) as (
        select coalesce(p.v ->> 'path', ''), p.v ->> 'rule', p.n
        from pg_catalog.jsonb_array_elements(case pg_catalog.jsonb_typeof(detail -> 'problems') when 'array' then detail -> 'problems' else '[]' end)
            with ordinality as p (v, n)
        union all
        select f.v, null, f.n
        from pg_catalog.jsonb_array_elements_text(
            case pg_catalog.jsonb_typeof(detail -> 'unauthorized_fields') when 'array' then detail -> 'unauthorized_fields' else '[]' end
        ) with ordinality as f (v, n)
        union all
        select detail ->> 'parameter', detail ->> 'rule', 1 where detail ? 'rule' or detail ? 'parameter'
    )
    select message || coalesce(
        ': ' || string_agg(
            case
                when n.name is null then n.rule
                else case when n.name ~ '^[A-Za-z0-9_./-]{1,100}$' then n.name else '?' end || coalesce(' (' || n.rule || ')', '')
            end, ', ' order by n.position
        ) filter (where n.position <= 3)
        || case when max(n.position) > 3 then ' and ' || (max(n.position) - 3) || ' more' else '' end,
        ''
    )
    from named as n
$$;
comment on function wedsync_internal.error_text(text, jsonb) is
'The message of an error, extended by its detail: parameter and rule, or the first three refused fields.';
revoke all on function wedsync_internal.error_text(text, jsonb) from public;

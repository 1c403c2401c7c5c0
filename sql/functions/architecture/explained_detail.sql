create or replace function wedsync_internal.explained_detail(detail jsonb)
returns jsonb
language plpgsql
stable
as $$
declare
    problems jsonb;
    rules jsonb;
begin
    if pg_catalog.jsonb_typeof(detail -> 'problems') is distinct from 'array' then
        return detail;
    end if;
    select pg_catalog.jsonb_agg(
        (p.problem - 'given') || case when p.nearest is null then '{}'::jsonb else pg_catalog.jsonb_build_object('did_you_mean', p.nearest) end
        order by p.position
    ) into problems
    from (
        select e.v as problem, e.n as position, case
            -- each suggestion reads all names, so their number is limited
            when e.is_unknown and e.nth_unknown <= 3
                then wedsync_internal.nearest_name(coalesce(e.v ->> 'given', e.v ->> 'path'), e.v ->> 'rule' = 'unknown_field')
        end as nearest
        from (
            select u.v, u.n, u.is_unknown, count(*) filter (where u.is_unknown) over (order by u.n) as nth_unknown
            from (
                select a.v, a.n, coalesce(a.v ->> 'rule' in ('unknown_path', 'unknown_field', 'path_of_the_field_catalogue'), false) as is_unknown
                from pg_catalog.jsonb_array_elements(detail -> 'problems') with ordinality as a (v, n)
            ) as u
        ) as e
    ) as p;
    select pg_catalog.jsonb_object_agg(g.rule, r.meaning) into rules
    from (select distinct e.v ->> 'rule' as rule from pg_catalog.jsonb_array_elements(problems) as e (v)) as g
    join wedsync_internal.error_rules as r on r.name in (g.rule, regexp_replace(g.rule, '-?[0-9]+([.][0-9]+)?', 'N', 'g'));
    return pg_catalog.jsonb_set(detail, '{problems}', problems)
        || case when rules is null then '{}'::jsonb else pg_catalog.jsonb_build_object('rules', rules) end;
end
$$;
comment on function wedsync_internal.explained_detail(jsonb) is
'The detail of an error with explanations: did_you_mean for the first three unknown names, and rules with the meaning of each rule. problems may include given, the name as the caller wrote it, if path differs.';
revoke all on function wedsync_internal.explained_detail(jsonb) from public;

create or replace function wedsync_internal.photo_problems(photos jsonb)
returns jsonb
language plpgsql
stable
as $$
declare
    problems jsonb;
begin
    if pg_catalog.jsonb_typeof(photos) <> 'array' or pg_catalog.jsonb_array_length(photos) not between 1 and 100
        or pg_catalog.jsonb_path_exists(photos, 'strict $[*] ? (@.type() != "object")') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "photos", "rule": "an array of 1 to 100 objects"}');
    end if;
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', left(f.path, 100), 'rule', f.rule, 'row', f.n) order by f.n, f.path) into problems
    from (
        select 'photos.' || k.key as path, e.n, case
            when c.path is null or not k.key = any ('{url,thumbnail_url,caption,album,taken_at}') then 'unknown_field'
            when k.key in ('url', 'thumbnail_url') and pg_catalog.jsonb_typeof(k.value) = 'string' and not wedsync_internal.is_https_address(k.value #>> '{}')
                then 'https_address'
            else wedsync_internal.field_problem(c, k.value)
        end as rule
        from pg_catalog.jsonb_array_elements(photos) with ordinality as e (v, n)
        cross join lateral pg_catalog.jsonb_each(e.v) as k
        left join wedsync_data.field_catalog as c on c.table_name = 'photos' and c.column_name = k.key
        union all
        select 'photos.url', e.n, 'required'
        from pg_catalog.jsonb_array_elements(photos) with ordinality as e (v, n) where e.v ->> 'url' is null
    ) as f
    where f.rule is not null;
    return problems;
end
$$;
comment on function wedsync_internal.photo_problems(jsonb) is 'What is wrong with photos that are handed in: an array of {path, rule, row}, rows from 1; null if nothing is. Raises invalid_value if it is no array of objects.';
revoke all on function wedsync_internal.photo_problems(jsonb) from public;

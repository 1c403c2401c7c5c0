create or replace function wedsync_internal.fill_placeholders(template text, filled jsonb)
returns text
language sql
immutable
parallel safe
as $$
    -- texts and names take turns; what a value contains is not looked at again
    select string_agg(case
        when p.place % 2 = 1 then p.part
        when pg_catalog.jsonb_typeof(filled -> p.part) = 'array'
            then (select string_agg(e.value, ', ' order by e.n) from pg_catalog.jsonb_array_elements_text(filled -> p.part) with ordinality as e (value, n))
        else coalesce(filled ->> p.part, '')
    end, '' order by p.place)
    from regexp_split_to_table(template, ' *\}\}|\{\{ *') with ordinality as p (part, place)
$$;
comment on function wedsync_internal.fill_placeholders(text, jsonb) is 'Replaces placeholders such as {{wedding.date}} with values. Lists are separated by commas; null becomes empty.';
revoke all on function wedsync_internal.fill_placeholders(text, jsonb) from public;

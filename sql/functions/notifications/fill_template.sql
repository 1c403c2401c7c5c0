create or replace function wedsync_internal.fill_template(template text, data jsonb, max_length integer)
returns text
language sql
immutable
parallel safe
as $$
    -- texts and names of placeholders take turns; what a value contains is not looked at again
    select left(string_agg(case when p.place % 2 = 1 then p.part else coalesce(data ->> p.part, '-') end, '' order by p.place), max_length)
    from regexp_split_to_table(template, '[{}]') with ordinality as p (part, place)
$$;
comment on function wedsync_internal.fill_template(text, jsonb, integer) is 'Replaces placeholders such as {task} with values of the data, and cuts the result. Values are inserted as they are, and null as a dash.';
revoke all on function wedsync_internal.fill_template(text, jsonb, integer) from public;

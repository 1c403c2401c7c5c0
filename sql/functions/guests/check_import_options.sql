create or replace function wedsync_internal.check_import_options(options jsonb)
returns void
language plpgsql
stable
as $$
declare
    wrong text;
begin
    if pg_catalog.jsonb_typeof(options) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "options", "rule": "object"}');
    end if;
    select string_agg(o.key || ' (' || coalesce(k.rule, 'unknown_path') || ')', ', ' order by o.key) into wrong
    from pg_catalog.jsonb_each(options) as o
    left join (values
        ('preview', 'true or false'), ('skip_errors', 'true or false'), ('mode', 'append or replace'), ('duplicates', 'skip or add'), ('date_order', 'dmy or mdy'),
        ('separator', 'one character'), ('header_row', 'a number from 1 to 10'), ('event_id', 'uuid'), ('mapping', '{heading: field}')
    ) as k (name, rule) on k.name = o.key
    where case o.key
        when 'preview' then pg_catalog.jsonb_typeof(o.value) = 'boolean'
        when 'skip_errors' then pg_catalog.jsonb_typeof(o.value) = 'boolean'
        when 'mode' then o.value in ('"append"', '"replace"')
        when 'duplicates' then o.value in ('"skip"', '"add"')
        when 'date_order' then o.value in ('"dmy"', '"mdy"')
        when 'separator' then pg_catalog.jsonb_typeof(o.value) = 'string' and length(o.value #>> '{}') = 1 and o.value #>> '{}' !~ '["\n\r[:alnum:]]'
        when 'header_row' then o.value::text ~ '^([1-9]|10)$'
        when 'event_id' then wedsync_internal.value_problem('uuid', null, null, null, null, o.value) is null and o.value <> 'null'
        when 'mapping' then pg_catalog.jsonb_typeof(o.value) = 'object'
        else false
    end is not true;
    if wrong is not null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', 'options', 'rule', wrong));
    end if;
    select string_agg(left(m.key, 100), ', ' order by m.key) into wrong
    from pg_catalog.jsonb_each(coalesce(options -> 'mapping', '{}')) as m
    where pg_catalog.jsonb_typeof(m.value) <> 'string' or m.value #>> '{}' !~ '^event:.' and not exists (
        select from wedsync_data.import_headings as h where m.value #>> '{}' = h.field || coalesce('_' || h.child_no, '')
    );
    if wrong is not null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', 'options', 'rule', 'mapping to a field: ' || wrong, 'fields', (
            select to_jsonb(array_agg(distinct h.field order by h.field)) from wedsync_data.import_headings as h
        )));
    end if;
end
$$;
comment on function wedsync_internal.check_import_options(jsonb) is 'Refuses unknown options of import_guests, and wrong values.';
revoke all on function wedsync_internal.check_import_options(jsonb) from public;

create or replace function wedsync_internal.placeholders_of(template text, data jsonb, readable bit)
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', n.name, 'kind', k.kind, 'rule', case
        when k.kind = 'field' and (c.sensitivity_class in ('budget', 'couple_private')) then 'never_in_messages'
        when k.kind = 'field' and get_bit(readable, c.right_no) = 0 then 'readable_placeholder'
        when k.kind is null then 'known_placeholder'
    end)), '[]')
    from (select distinct m.name[1] as name from regexp_matches(template, '\{\{ *([A-Za-z][A-Za-z0-9_.]*) *\}\}', 'g') as m (name)) as n
    left join wedsync_data.field_catalog as c on c.path = n.name and c.table_name = 'core_fields' and c.storage <> 'element'
    cross join lateral (
        select case when c.path is not null then 'field' when n.name = 'sender.name' then 'sender' when data ? n.name then 'value' end as kind
    ) as k
$$;
comment on function wedsync_internal.placeholders_of(text, jsonb, bit) is
'Placeholders of a template, an array of {name, kind, rule}: kind is field, sender or value; rule is what is wrong, or null.';
revoke all on function wedsync_internal.placeholders_of(text, jsonb, bit) from public;

create or replace function wedsync_internal.website_values(record_name text, record jsonb, hidden_fields text[])
returns jsonb
language sql
stable
as $$
    select coalesce(pg_catalog.jsonb_object_agg(f.path, v.value), '{}')
    from wedsync_data.field_catalog as f
    cross join lateral (
        select case f.storage when 'column' then $2 -> f.column_name when 'json' then $2 -> f.column_name -> f.json_key end as value
    ) as v
    where f.table_name = $1 and wedsync_internal.is_shown_on_website(f, $3) and v.value not in ('null', '[]', '""')
$$;
comment on function wedsync_internal.website_values(text, jsonb, text[]) is
'Values by path of the fields of a row, given as JSON, that the website shows. Everything on the page comes from here.';
revoke all on function wedsync_internal.website_values(text, jsonb, text[]) from public;

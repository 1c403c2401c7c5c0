create or replace function wedsync_internal.published_columns(table_name text)
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', a.attname, 'type', t.typname) order by a.attnum)
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    where a.attrelid = to_regclass('wedsync.' || quote_ident(table_name)) and a.attnum > 0 and not a.attisdropped
$$;
comment on function wedsync_internal.published_columns(text) is 'Names and types of a view''s columns, as in row changes; null if there is no such view.';
revoke all on function wedsync_internal.published_columns(text) from public;

create or replace function wedsync_internal.visible_keys(value jsonb, column_name text, readable bit)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select value - array_agg(c.json_key)
    from wedsync_data.field_catalog as c
    where c.column_name = $2 and get_bit($3, c.right_no) = 0
$$;
comment on function wedsync_internal.visible_keys(jsonb, text, bit) is 'A json column without the keys that may not be read.';
revoke all on function wedsync_internal.visible_keys(jsonb, text, bit) from public;
grant execute on function wedsync_internal.visible_keys(jsonb, text, bit) to authenticated, service_role, wedsync_admin;

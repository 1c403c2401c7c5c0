create or replace function wedsync_internal.list_truncate()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- row triggers do not fire on TRUNCATE: deleting the elements first records each of them
    execute format('delete from wedsync_data.%I', tg_table_name);
    return null;
end
$$;
comment on function wedsync_internal.list_truncate() is 'Records what a TRUNCATE of a list takes away.';
revoke all on function wedsync_internal.list_truncate() from public;

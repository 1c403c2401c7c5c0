create or replace function wedsync_internal.list_truncate()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- row triggers do not fire on TRUNCATE: delete the elements first to record each of them
    execute format('delete from wedsync_data.%I', tg_table_name);
    return null;
end
$$;
comment on function wedsync_internal.list_truncate() is 'Records the elements that a TRUNCATE of a list removes.';
revoke all on function wedsync_internal.list_truncate() from public;

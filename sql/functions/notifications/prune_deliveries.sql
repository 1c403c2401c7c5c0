create or replace function wedsync_internal.prune_deliveries()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    deleted integer;
begin
    delete from wedsync_data.deliveries as d
    where d.finished_at is not null and d.created_at < now() - make_interval(days => wedsync_internal.setting_limit('deliveries_kept_days'));
    get diagnostics deleted = row_count;
    delete from wedsync_data.address_checks as c where c.expires_at < now();
    return deleted;
end
$$;
comment on function wedsync_internal.prune_deliveries() is 'Deletes finished deliveries after the days that the settings name, and codes for addresses that were not entered in time. Returns how many deliveries.';
revoke all on function wedsync_internal.prune_deliveries() from public;

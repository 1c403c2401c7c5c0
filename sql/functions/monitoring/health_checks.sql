create or replace function wedsync.health_checks()
returns table (name text, status text, detail text, hint text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    return query
    select c.* from wedsync_internal.check_ledger() as c
    union all
    select c.* from wedsync_internal.check_roles() as c
    union all
    select c.* from wedsync_internal.check_server_settings() as c
    union all
    select c.* from wedsync_internal.check_partitions() as c
    union all
    select c.* from wedsync_internal.check_transactions() as c
    union all
    select c.* from wedsync_internal.check_queue() as c
    union all
    select c.* from wedsync_internal.check_workers() as c
    union all
    select c.* from wedsync_internal.check_pgcrypto() as c
    union all
    select c.* from wedsync_internal.check_alerts() as c
    union all
    select c.* from wedsync_internal.check_deliveries() as c;
end
$$;
comment on function wedsync.health_checks() is
'The database checks of `wedsync doctor`: one row for each finding, with a hint
status is ok, warning or failed. Settings of the worker, LISTEN and pending migrations are checked by the doctor only. For server roles. Errors: not_allowed (42501).';
revoke all on function wedsync.health_checks() from public;
grant execute on function wedsync.health_checks() to service_role, wedsync_admin;

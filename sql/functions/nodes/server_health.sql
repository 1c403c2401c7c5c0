create or replace function wedsync.server_health()
returns table (
    server_instance uuid, host text, pid integer, status text, problems text[], sockets integer, channels integer, audiences integer,
    most_sockets integer, loop_lag_seconds real, doorbell_hears boolean, bus_dropped bigint, started_at timestamptz, reported_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    return query select h.* from wedsync_internal.node_health() as h;
end
$$;
comment on function wedsync.server_health() is
'Worker processes and their health, as each reports it every five seconds: starting, ready, degraded (with its problems) or gone
sockets and channels are counts of the process itself; loop_lag_seconds is the maximum of the last five seconds. For server roles. Errors: not_allowed (42501).';
revoke all on function wedsync.server_health() from public;
grant execute on function wedsync.server_health() to service_role, wedsync_admin;

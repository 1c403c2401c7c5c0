create or replace function wedsync_internal.node_health()
returns table (
    server_instance uuid, host text, pid integer, status text, problems text[], sockets integer, channels integer, audiences integer,
    most_sockets integer, loop_lag_seconds real, doorbell_hears boolean, bus_dropped bigint, started_at timestamptz, reported_at timestamptz
)
language sql
stable
as $$
    select
        n.node, n.host, n.pid,
        case when p.gone then 'gone' when n.reported_at is null then 'starting' when cardinality(p.problems) > 0 then 'degraded' else 'ready' end,
        p.problems, n.sockets, n.channels, n.audiences, n.most_sockets, n.loop_lag_seconds, n.doorbell_hears, n.bus_dropped,
        n.registered_at, n.reported_at
    from wedsync_data.relay_nodes as n
    cross join (
        select (s.value #>> '{}')::numeric / 1000 as seconds from wedsync_data.settings as s where s.name = 'balance_most_lag_ms'
    ) as most_lag
    cross join lateral (
        select
            n.lease_until <= now() as gone,
            array_remove(array[
                case when n.lease_until <= now() then 'its lease has expired' end,
                case when n.lease_until > now() and not n.doorbell_hears then 'LISTEN does not work: the poll finds changes up to a second late' end,
                -- it reports between polls, every five seconds
                case when n.lease_until > now() and n.reported_at < now() - interval '15 seconds' then 'it has not read the event log for ten seconds: changes are delayed' end,
                case when n.lease_until > now() and n.loop_lag_seconds > most_lag.seconds then 'its event loop lags' end
            ], null) as problems
    ) as p
    order by n.host, n.registered_at, n.node
$$;
comment on function wedsync_internal.node_health() is
'Last reported health of each worker process: starting, ready, degraded with its problems, or gone. Shared by server_health, balance_advice and the dashboard.';
revoke all on function wedsync_internal.node_health() from public;

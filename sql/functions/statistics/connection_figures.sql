create or replace function wedsync_internal.connection_figures()
returns jsonb
language sql
stable
as $$
    select pg_catalog.jsonb_build_object(
        'activeConnections', c.n, 'todayMessages', m.n,
        'avgMessagesPerConnection', case when c.n > 0 then round(m.n::numeric / c.n, 2) else 0 end
    )
    from (
        select count(*) as n from wedsync_data.websocket_connections as c join wedsync_data.relay_nodes as r on r.node = c.node
        where c.is_active and r.lease_until > now()
    ) as c
    cross join (
        select coalesce(sum(a.count), 0) as n from wedsync_data.realtime_activity as a
        where a.minute > now() - interval '24 hours' and a.event_type in ('broadcast', 'postgres_changes', 'presence')
    ) as m
$$;
comment on function wedsync_internal.connection_figures() is 'The result of connection_stats, also shown on the dashboard.';
revoke all on function wedsync_internal.connection_figures() from public;

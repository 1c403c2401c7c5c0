-- requires: architecture/fail, identity/is_service
create or replace function wedsync.connection_stats()
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    return (
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
    );
end
$$;
comment on function wedsync.connection_stats() is
'Sockets open now, messages delivered in the last 24 hours, and their average per socket: {activeConnections, todayMessages, avgMessagesPerConnection}
For server roles. Errors: not_allowed (42501).';
revoke all on function wedsync.connection_stats() from public;
grant execute on function wedsync.connection_stats() to service_role, wedsync_admin;

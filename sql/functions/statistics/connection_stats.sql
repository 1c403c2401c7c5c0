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
    return wedsync_internal.connection_figures();
end
$$;
comment on function wedsync.connection_stats() is
'Sockets open now, messages delivered in the last 24 hours, and their average per socket: {activeConnections, todayMessages, avgMessagesPerConnection}
For server roles. Errors: not_allowed (42501).';
revoke all on function wedsync.connection_stats() from public;
grant execute on function wedsync.connection_stats() to service_role, wedsync_admin;

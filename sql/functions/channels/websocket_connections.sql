create or replace view wedsync.websocket_connections
with (security_barrier = true, security_invoker = false) as
select c.connection_id, c.user_id, c.node as server_instance, c.connected_at, c.last_ping, c.is_active and n.lease_until > now() as is_active
from wedsync_data.websocket_connections as c
join wedsync_data.relay_nodes as n on n.node = c.node
where c.user_id = (select wedsync_internal.current_user_id()) or (select wedsync_internal.is_service());
comment on view wedsync.websocket_connections is 'The caller''s sockets.';
comment on column wedsync.websocket_connections.connection_id is 'The socket.';
comment on column wedsync.websocket_connections.user_id is 'The user.';
comment on column wedsync.websocket_connections.server_instance is 'Worker process.';
comment on column wedsync.websocket_connections.connected_at is 'Since when.';
comment on column wedsync.websocket_connections.last_ping is 'Last heartbeat.';
comment on column wedsync.websocket_connections.is_active is 'Whether it is open.';
revoke all on wedsync.websocket_connections from public;
grant select on wedsync.websocket_connections to authenticated, service_role, wedsync_admin;

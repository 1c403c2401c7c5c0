create or replace function wedsync_internal.close_connections(connection_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    update wedsync_data.websocket_connections as c set is_active = false, last_ping = now() where c.connection_id = any ($1) and c.is_active
$$;
comment on function wedsync_internal.close_connections(uuid[]) is 'Records that sockets were closed.';
revoke all on function wedsync_internal.close_connections(uuid[]) from public;
grant execute on function wedsync_internal.close_connections(uuid[]) to wedsync_worker;

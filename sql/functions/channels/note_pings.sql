create or replace function wedsync_internal.note_pings(connection_ids uuid[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    with noted as (
        update wedsync_data.websocket_connections as c set last_ping = now() where c.connection_id = any ($1)
    )
    update wedsync_data.subscriptions as s set last_ping_at = now()
    -- in the lock order of changes of access
    from (select o.id from wedsync_data.subscriptions as o where o.connection_id = any ($1) and o.active order by o.id for no key update) as pinged
    where s.id = pinged.id
$$;
comment on function wedsync_internal.note_pings(uuid[]) is 'Records heartbeats of sockets, in batches.';
revoke all on function wedsync_internal.note_pings(uuid[]) from public;
grant execute on function wedsync_internal.note_pings(uuid[]) to wedsync_worker;

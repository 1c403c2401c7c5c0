create or replace function wedsync_internal.bus_put(payload jsonb)
returns bigint
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into wedsync_data.bus_parcels (payload) values ($1) returning id
$$;
comment on function wedsync_internal.bus_put(jsonb) is 'Keeps a bus message that is too large for a notification, for half a minute; returns its id.';
revoke all on function wedsync_internal.bus_put(jsonb) from public;
grant execute on function wedsync_internal.bus_put(jsonb) to wedsync_worker;

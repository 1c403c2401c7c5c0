create or replace function wedsync_internal.bus_get(ids bigint[])
returns table (id bigint, payload jsonb)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select p.id, p.payload from wedsync_data.bus_parcels as p where p.id = any ($1) order by p.id
$$;
comment on function wedsync_internal.bus_get(bigint[]) is 'Large bus messages by id.';
revoke all on function wedsync_internal.bus_get(bigint[]) from public;
grant execute on function wedsync_internal.bus_get(bigint[]) to wedsync_worker;

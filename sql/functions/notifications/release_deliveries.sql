create or replace function wedsync_internal.release_deliveries(node uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    released integer;
begin
    update wedsync_data.deliveries as d
    set state = 'waiting', leased_by = null, lease_until = null, attempts = d.attempts - 1, due_at = pg_catalog.clock_timestamp()
    where d.state = 'sending' and d.leased_by = release_deliveries.node;
    get diagnostics released = row_count;
    return released;
end
$$;
comment on function wedsync_internal.release_deliveries(uuid) is 'Gives back what a worker has claimed and not sent, when it stops. Returns how many.';
revoke all on function wedsync_internal.release_deliveries(uuid) from public;
grant execute on function wedsync_internal.release_deliveries(uuid) to wedsync_worker;

create or replace function wedsync_internal.end_lease(node uuid)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.resign_relays($1);
    update wedsync_data.relay_nodes as n set lease_until = now() where n.node = $1 and n.lease_until > now()
$$;
comment on function wedsync_internal.end_lease(uuid) is
'Ends the lease of a worker process immediately; called by its supervisor when the process has died: clients resume from its safe position, its users are no longer present, and another process may lead.';
revoke all on function wedsync_internal.end_lease(uuid) from public;
grant execute on function wedsync_internal.end_lease(uuid) to wedsync_worker;

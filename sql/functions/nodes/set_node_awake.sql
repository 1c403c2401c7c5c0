create or replace function wedsync_internal.set_node_awake(node uuid, awake boolean)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    update wedsync_data.relay_nodes as n set awake = $2 where (n.node = $1 or $1 is null and n.fed) and n.awake is distinct from $2
$$;
comment on function wedsync_internal.set_node_awake(uuid, boolean) is
'Says whether a worker process is draining the log, or without one, whether the leader does for all that are fed. Writers ring the doorbell only for nodes that are not awake, so: say asleep first, look once more, then sleep.';
revoke all on function wedsync_internal.set_node_awake(uuid, boolean) from public;
grant execute on function wedsync_internal.set_node_awake(uuid, boolean) to wedsync_worker;

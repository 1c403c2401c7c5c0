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
'Records whether a node polls the log continuously, or with null, whether the leader does for all followers. Writers notify only nodes that do not, so: set it to false first, poll once more, then wait for NOTIFY.';
revoke all on function wedsync_internal.set_node_awake(uuid, boolean) from public;
grant execute on function wedsync_internal.set_node_awake(uuid, boolean) to wedsync_worker;

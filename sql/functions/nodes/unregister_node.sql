create or replace function wedsync_internal.unregister_node(node uuid)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    -- its channels first, in the lock order of changes of access
    select from wedsync_data.subscriptions as s where s.node = $1 order by s.id for update;
    select wedsync_internal.resign_relays($1);
    delete from wedsync_data.relay_nodes as n where n.node = $1
$$;
comment on function wedsync_internal.unregister_node(uuid) is 'Removes a worker process with its subscriptions, and its leadership.';
revoke all on function wedsync_internal.unregister_node(uuid) from public;
grant execute on function wedsync_internal.unregister_node(uuid) to wedsync_worker;

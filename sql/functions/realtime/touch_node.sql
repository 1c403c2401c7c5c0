-- requires: realtime/expire_subscriptions, realtime/prune_groups
create or replace function wedsync_internal.touch_node(node uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update wedsync_data.relay_nodes as n set lease_until = now() + interval '20 seconds' where n.node = touch_node.node;
    if not found then
        return false;
    end if;
    perform wedsync_internal.expire_subscriptions();
    perform wedsync_internal.prune_groups(touch_node.node);
    return true;
end
$$;
comment on function wedsync_internal.touch_node(uuid) is
'Renews the lease of a worker process. False when the node is unknown, as after a crash of the server: then register again and let the clients join anew.';
revoke all on function wedsync_internal.touch_node(uuid) from public;
grant execute on function wedsync_internal.touch_node(uuid) to wedsync_worker;

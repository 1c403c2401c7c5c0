-- drop: function wedsync_internal.touch_node(uuid)
-- drop: function wedsync_internal.touch_node(uuid, text)
create or replace function wedsync_internal.touch_node(node uuid, safe_position text default null, health jsonb default null)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update wedsync_data.relay_nodes as n
    set lease_until = now() + interval '20 seconds', safe_position = coalesce(touch_node.safe_position::pg_snapshot, n.safe_position),
        reported_at = case when health is null then n.reported_at else now() end,
        sockets = coalesce((health ->> 'sockets')::integer, n.sockets),
        channels = coalesce((health ->> 'channels')::integer, n.channels),
        audiences = coalesce((health ->> 'audiences')::integer, n.audiences),
        most_sockets = coalesce((health ->> 'most_sockets')::integer, n.most_sockets),
        loop_lag_seconds = coalesce((health ->> 'loop_lag_seconds')::real, n.loop_lag_seconds),
        doorbell_hears = coalesce((health ->> 'doorbell_hears')::boolean, n.doorbell_hears),
        bus_dropped = coalesce((health ->> 'bus_dropped')::bigint, n.bus_dropped)
    -- cleanup_inactive_subscriptions may end its subscriptions five minutes after the lease
    where n.node = touch_node.node and n.lease_until > now() - interval '4 minutes';
    if not found then
        return false;
    end if;
    perform wedsync_internal.expire_subscriptions();
    perform wedsync_internal.prune_groups(touch_node.node);
    return true;
end
$$;
comment on function wedsync_internal.touch_node(uuid, text, jsonb) is
'Renews the lease of a worker process and stores the position that its open sockets have certainly received, except those named to hold_positions, and its health: {sockets, channels, audiences, most_sockets, loop_lag_seconds, doorbell_hears, bus_dropped}. False when the node is unknown, as after a crash of the server: then register again and let the clients rejoin.';
revoke all on function wedsync_internal.touch_node(uuid, text, jsonb) from public;
grant execute on function wedsync_internal.touch_node(uuid, text, jsonb) to wedsync_worker;

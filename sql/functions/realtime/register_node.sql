-- requires: architecture/schema_breaking_version, realtime/history_holder
-- drop: function wedsync_internal.register_node(uuid, text, integer)
create or replace function wedsync_internal.register_node(node uuid, host text, pid integer, fed boolean default false)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    holder_now constant text := wedsync_internal.history_holder();
    -- of several workers that come back together one does what follows, and the others find it done
    holder_before constant text := (select e.holder from wedsync_data.stream_epoch as e for update);
    moved constant boolean := coalesce(holder_before <> holder_now, false);
begin
    -- What transactions that are yet to come have written was restored from another cluster: it counts as read, or every look
    -- would find it new. Where another cluster holds the log now, what runs at this moment may bear a number that the log has, too.
    update wedsync_data.events as e set xid = '0'
    where e.xid >= case when moved then pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) else pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) end;
    if found or moved then
        update wedsync_data.messages as m set xid = '0'
        where m.xid >= case when moved then pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) else pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) end;
        update wedsync_data.stream_epoch as e set epoch = pg_catalog.gen_random_uuid(), started_at = now();
    end if;
    if holder_before is distinct from holder_now then
        update wedsync_data.stream_epoch as e set holder = holder_now;
    end if;
    insert into wedsync_data.relay_leadership default values on conflict on constraint relay_leadership_pkey do nothing;
    insert into wedsync_data.relay_nodes as n (node, host, pid, awake, lease_until, safe_position, fed)
    values (
        register_node.node, left(register_node.host, 255), register_node.pid,
        -- what the leader said of all that are fed holds for this one, too
        not register_node.fed or coalesce((select bool_and(f.awake) from wedsync_data.relay_nodes as f where f.fed and f.lease_until > now()), true),
        now() + interval '20 seconds', pg_catalog.pg_current_snapshot(), register_node.fed
    )
    on conflict on constraint relay_nodes_pkey do update
    set host = excluded.host, pid = excluded.pid, awake = excluded.awake, lease_until = excluded.lease_until, fed = excluded.fed;
    return pg_catalog.jsonb_build_object(
        'epoch', (select e.epoch from wedsync_data.stream_epoch as e),
        'incarnation', (select l.incarnation from wedsync_data.relay_leadership as l),
        'cursor', pg_catalog.pg_current_snapshot()::text,
        'schema_breaking_version', wedsync_internal.schema_breaking_version()
    );
end
$$;
comment on function wedsync_internal.register_node(uuid, text, integer, boolean) is
'Announces a worker process as a reader of the event log
Returns {epoch, incarnation, cursor, schema_breaking_version}: cursor is where next_frames starts. fed: it does not read the log itself but is sent its frames by the leader. The registration is a lease of 20 seconds, renewed by touch_node. Where another database holds the log than before (a restored backup, a promoted standby), it begins a new epoch: positions from before may lie in what was lost.';
revoke all on function wedsync_internal.register_node(uuid, text, integer, boolean) from public;
grant execute on function wedsync_internal.register_node(uuid, text, integer, boolean) to wedsync_worker;

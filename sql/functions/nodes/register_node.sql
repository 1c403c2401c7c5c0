-- drop: function wedsync_internal.register_node(uuid, text, integer)
-- drop: function wedsync_internal.register_node(uuid, text, integer, boolean)
create or replace function wedsync_internal.register_node(
    node uuid, host text, pid integer, fed boolean default false, known_epoch uuid default null, settled text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    holder_now constant text := wedsync_internal.history_holder();
    -- if several workers start together, one does the following and the others find it done
    before constant wedsync_data.stream_epoch := (select e from wedsync_data.stream_epoch as e for update);
    moved constant boolean := coalesce(before.holder <> holder_now, false)
        -- a position that the worker knows to be on disk lies ahead: the files are from an earlier time
        or coalesce(before.epoch = known_epoch and pg_catalog.pg_snapshot_xmax(settled::pg_snapshot) > pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()), false);
begin
    -- Rows with future transaction ids were restored from another cluster: they count as read, otherwise every poll
    -- would return them. In another cluster, running transactions may have ids that also occur in the log.
    -- The snapshot must be the statement's own, because writers continue in the meantime.
    update wedsync_data.events as e set xid = '0'
    where e.xid >= case when moved then pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) else pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) end
        -- older ones are never read as new
        and e.created_at > now() - interval '8 days';
    if found or moved then
        update wedsync_data.messages as m set xid = '0'
        where m.xid >= case when moved then pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) else pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) end
            and m.created_at > now() - interval '8 days';
        update wedsync_data.stream_epoch as e set epoch = pg_catalog.gen_random_uuid(), started_at = now(), lost_end_at = now();
    end if;
    if before.holder is distinct from holder_now then
        update wedsync_data.stream_epoch as e set holder = holder_now;
    end if;
    insert into wedsync_data.relay_leadership default values on conflict on constraint relay_leadership_pkey do nothing;
    if found and before.holder is not null then
        update wedsync_data.stream_epoch as e set lost_sockets_at = now();
    end if;
    -- sent while no worker was there to prune it
    delete from wedsync_data.bus_messages as m where m.sent_at < now() - interval '30 seconds';
    insert into wedsync_data.relay_nodes as n (node, host, pid, awake, lease_until, safe_position, fed)
    values (
        register_node.node, left(register_node.host, 255), register_node.pid,
        -- the leader's state for all followers applies to this one, too
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
comment on function wedsync_internal.register_node(uuid, text, integer, boolean, uuid, text) is
'Registers a worker process as a reader of the event log
Returns {epoch, incarnation, cursor, schema_breaking_version}: cursor is where next_frames starts. fed: it does not read the log itself but is sent its frames by the leader. The registration is a lease of 20 seconds, renewed by touch_node. settled: a position in known_epoch that the worker reached long enough ago to be on disk. If the log is in another database than before (after a restore or the promotion of a standby), or that position lies ahead of it, a new epoch starts, because earlier positions may be in the lost part.';
revoke all on function wedsync_internal.register_node(uuid, text, integer, boolean, uuid, text) from public;
grant execute on function wedsync_internal.register_node(uuid, text, integer, boolean, uuid, text) to wedsync_worker;

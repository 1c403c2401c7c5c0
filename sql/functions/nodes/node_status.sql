create or replace function wedsync_internal.node_status()
returns table (node uuid, host text, pid integer, alive boolean, sockets bigint, channels bigint, unconfirmed bigint)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select n.node, n.host, n.pid, n.lease_until > now(),
        (select count(*) from wedsync_data.websocket_connections as c where c.node = n.node and c.is_active),
        (select count(*) from wedsync_data.subscriptions as s where s.node = n.node and s.active),
        (pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint - pg_catalog.pg_snapshot_xmax(n.safe_position)::text::bigint)
    from wedsync_data.relay_nodes as n
    order by n.host, n.pid
$$;
comment on function wedsync_internal.node_status() is
'Worker processes, including recently died ones: whether the lease is valid, open sockets and channels, and how many transactions ago every socket had confirmed what it was sent.';
revoke all on function wedsync_internal.node_status() from public;
grant execute on function wedsync_internal.node_status() to wedsync_worker, wedsync_admin;

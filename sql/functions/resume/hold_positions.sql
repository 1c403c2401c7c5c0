create or replace function wedsync_internal.hold_positions(connection_ids uuid[], positions text[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    update wedsync_data.subscriptions as s set came_to = h.position::pg_snapshot
    from unnest($1, $2) as h (connection_id, position)
    where s.connection_id = h.connection_id and s.active
$$;
comment on function wedsync_internal.hold_positions(uuid[], text[]) is
'Stores the positions of sockets that lag behind the others of their process, or with null that they have caught up. A worker calls it before it reports a safe position that these have not reached.';
revoke all on function wedsync_internal.hold_positions(uuid[], text[]) from public;
grant execute on function wedsync_internal.hold_positions(uuid[], text[]) to wedsync_worker;

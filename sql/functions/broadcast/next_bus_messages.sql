create or replace function wedsync_internal.next_bus_messages(cursor text, max_bytes integer default 4000000)
returns table (kind text, payload text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- statistics of a table that is constantly emptied are out of date
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
rows 10
as $$
declare
    -- since, and after a full page: the snapshot that it belongs to, and its last id
    place constant text[] := pg_catalog.string_to_array(cursor, '/');
    -- Stable: the query in here sees the snapshot of the calling statement, and so does pg_current_snapshot().
    until constant pg_snapshot := coalesce(place[2]::pg_snapshot, pg_catalog.pg_current_snapshot());
    after constant bigint := coalesce(place[3]::bigint, 0);
    last_xmax constant xid8 := pg_catalog.pg_snapshot_xmax(place[1]::pg_snapshot);
    in_progress constant xid8[] := array(select pg_catalog.pg_snapshot_xip(place[1]::pg_snapshot));
    message record;
    size bigint := 0;
begin
    if cursor is null or place[1] = pg_catalog.pg_current_snapshot()::text then
        return query select 'cursor'::text, pg_catalog.pg_current_snapshot()::text;
        return;
    end if;
    for message in
        select m.id, m.kind, m.payload from wedsync_data.bus_messages as m
        where m.xid >= last_xmax and m.id > after and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
        union all
        select m.id, m.kind, m.payload from wedsync_data.bus_messages as m
        where m.xid = any (in_progress) and m.xid < last_xmax and m.id > after and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
        order by id
    loop
        kind := message.kind;
        payload := message.payload;
        return next;
        size := size + octet_length(message.payload);
        if size >= max_bytes then
            return query select 'more'::text, concat_ws('/', place[1], until, message.id);
            return;
        end if;
    end loop;
    return query select 'cursor'::text, until::text;
end
$$;
comment on function wedsync_internal.next_bus_messages(text, integer) is
'Messages of other worker processes since a cursor, each once, in order of writing
The payload of the last row is the next cursor: of kind cursor if this was all, of kind more if max_bytes of text were reached. Null reads nothing and returns an initial cursor. Call it as one statement outside a transaction.';
revoke all on function wedsync_internal.next_bus_messages(text, integer) from public;
grant execute on function wedsync_internal.next_bus_messages(text, integer) to wedsync_worker;

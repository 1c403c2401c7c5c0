-- requires: realtime/event_frames
create or replace function wedsync_internal.next_frames(node uuid, cursor text)
returns table (kind text, group_id bigint, subscription_id bigint, couple_id uuid, seq bigint, payload text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
rows 100
as $$
declare
    -- Stable: every query in here sees the snapshot of the calling statement, and so does pg_current_snapshot().
    last_xmax constant xid8 := pg_catalog.pg_snapshot_xmax(cursor::pg_snapshot);
    in_progress constant xid8[] := array(select pg_catalog.pg_snapshot_xip(cursor::pg_snapshot));
begin
    return query select 'cursor'::text, null::bigint, null::bigint, null::uuid, null::bigint, pg_catalog.pg_current_snapshot()::text;

    return query
    select 'moved'::text, s.group_id, s.id, s.couple_id, null::bigint, pg_catalog.jsonb_build_object('reason', s.moved_reason)::text
    from wedsync_data.subscriptions as s
    where s.node = next_frames.node and s.moved_xid is not null
        and (s.moved_xid >= last_xmax or s.moved_xid = any (in_progress))
    order by s.id;

    return query
    with fresh as (
        -- two ranges of the index: transactions that began after the last look, and those that were under way then
        select e.* from wedsync_data.events as e
        where e.xid >= last_xmax and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
        union all
        select e.* from wedsync_data.events as e
        where e.xid = any (in_progress) and e.xid < last_xmax
            and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
    )
    select f.kind, g.id, null::bigint, fresh.couple_id, fresh.seq, f.payload
    from fresh
    join wedsync_data.subscription_groups as g
        on g.couple_id = fresh.couple_id and g.node = next_frames.node and g.valid_until > now()
    cross join lateral wedsync_internal.event_frames(
        row(
            fresh.id, fresh.xid, fresh.couple_id, fresh.seq, fresh.topic, fresh.event_type, fresh.table_name, fresh.op, fresh.leaf_nos, fresh.paths,
            fresh.changes, fresh.record, fresh.old_record, fresh.actor_id, fresh.actor_type, fresh.supplier_id, fresh.class, fresh.priority, fresh.created_at
        )::wedsync_data.events, g
    ) as f
    order by fresh.id, g.id, f.kind;
end
$$;
comment on function wedsync_internal.next_frames(uuid, text) is
'What became visible since a cursor, as frames for the audiences of a worker process
The cursor is a snapshot, so a long transaction delays only its own rows and none is read twice. First a row of kind cursor (payload: the next cursor), then moved (a subscription changed its group, null for a lost right), then broadcast and postgres_changes in order of the log. Call it as one statement outside a transaction.';
revoke all on function wedsync_internal.next_frames(uuid, text) from public;
grant execute on function wedsync_internal.next_frames(uuid, text) to wedsync_worker;

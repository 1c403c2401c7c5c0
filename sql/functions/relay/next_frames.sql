-- drop: function wedsync_internal.next_frames(uuid, text)
-- drop: function wedsync_internal.next_frames(uuid, text, integer)
create or replace function wedsync_internal.next_frames(node uuid, cursor text, max_bytes integer default 16000000)
returns table (kind text, group_id bigint, subscription_id bigint, couple_id uuid, seq bigint, payload text, for_node uuid, xid xid8, age double precision)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- with custom plans every poll would spend most of its time planning the partitions; a generic plan underestimates sequential scans
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
-- disabled nodes make the cost of a plan so high that servers before 18 would JIT-compile it every time
set jit = off
rows 100
as $$
declare
    -- since, and after a full page: the snapshot that it belongs to, e for events or m for messages, and the last id of them
    place constant text[] := pg_catalog.string_to_array(cursor, '/');
    since constant pg_snapshot := place[1];
    -- Stable: every query in here sees the snapshot of the calling statement, and so does pg_current_snapshot().
    last_xmax constant xid8 := pg_catalog.pg_snapshot_xmax(since);
    in_progress constant xid8[] := array(select pg_catalog.pg_snapshot_xip(since));
    until constant pg_snapshot := coalesce(place[2]::pg_snapshot, pg_catalog.pg_current_snapshot());
    nodes uuid[];
    has_moved boolean;
    has_messages boolean;
    has_callers boolean;
    after_event bigint;
    after_message bigint;
    events wedsync_data.events[];
    -- events per query, to share the cost of starting it
    chunk bigint;
    firsts bigint[];
    size bigint := 0;
    message wedsync_data.messages;
begin
    kind := 'cursor';
    payload := until;
    return next;
    if pg_catalog.pg_current_snapshot()::text = cursor and pg_catalog.pg_current_xact_id_if_assigned() is null then
        -- no writing transaction has started or ended
        return;
    end if;

    nodes := case when node is not null then array[node] else array(select n.node from wedsync_data.relay_nodes as n where n.fed) end;
    select
        exists (
            select from wedsync_data.subscriptions as s
            where s.moved_xid >= pg_catalog.pg_snapshot_xmin(since) and (s.moved_xid >= last_xmax or s.moved_xid = any (in_progress))
        ),
        exists (
            select from wedsync_data.messages as m
            where m.xid >= pg_catalog.pg_snapshot_xmin(since) and m.created_at > now() - interval '8 days' and m.created_at < now() + interval '1 day'
        ),
        exists (select from wedsync_data.subscription_groups as g where g.node = any (nodes) and g.scope = 'caller')
    into has_moved, has_messages, has_callers;

    if has_moved then
        return query
        select 'moved'::text, s.group_id, s.id, s.couple_id, null::bigint, pg_catalog.jsonb_build_object('reason', s.moved_reason)::text, s.node, null::xid8, null::double precision
        from wedsync_data.subscriptions as s
        where s.node = any (nodes) and s.active and not s.ended and s.moved_xid is not null
            and (s.moved_xid >= last_xmax or s.moved_xid = any (in_progress))
        order by s.id;
    end if;

    after_event := case place[3] when 'e' then place[4] when 'm' then '9223372036854775807' else '-1' end;
    chunk := least(20, 1 + max_bytes / 800000);
    loop
        events := array(
            select c.event
            from (
                -- two index ranges: transactions that started after the last poll, and those that were in progress then
                select e as event, e.id from wedsync_data.events as e
                where e.xid >= last_xmax and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
                    and e.id > after_event and (place[2] is null or pg_catalog.pg_visible_in_snapshot(e.xid, until))
                union all
                select e, e.id from wedsync_data.events as e
                where e.xid = any (in_progress) and e.xid < last_xmax
                    -- without such transactions, no partition is opened
                    and e.created_at > case when in_progress = '{}' then 'infinity' else now() - interval '8 days' end and e.created_at < now() + interval '1 day'
                    and e.id > after_event and (place[2] is null or pg_catalog.pg_visible_in_snapshot(e.xid, until))
            ) as c
            order by c.id
            limit chunk
        );
        exit when events = '{}';
        if node is null then
            -- a group that exists on several nodes is computed once, for the first of them
            firsts := array(
                select distinct on (g.identity) g.id
                from wedsync_data.subscription_groups as g
                where g.node = any (nodes) and g.couple_id in (select e.couple_id from unnest(events) as e)
                order by g.identity, g.id
            );
        end if;

        for kind, group_id, couple_id, seq, payload, for_node, xid, age in
            -- rights that have expired and are not yet recomputed: clients with any left rejoin and resume from before the event
            select case when g.valid_until > now() then f.kind else 'resync' end, g.id, e.couple_id, e.seq,
                case when g.valid_until > now() then f.payload end, g.node, e.xid,
                case when g.valid_until > now() then wedsync_internal.commit_age(e.xid, e.created_at) end
            from unnest(events) as e
            -- offset 0: looked up for each event; a join planned while groups were few would read those of all weddings
            cross join lateral (select g.* from wedsync_data.subscription_groups as g where g.couple_id = e.couple_id and g.node = any (nodes) offset 0) as g
            cross join lateral (
                select case when g.scope = 'wedding' and e.class in ('durable', 'access') then g.readable else wedsync_internal.group_event_rights(g::wedsync_data.subscription_groups, e) end
            ) as r (readable)
            -- offset 0: otherwise copied to every use
            cross join lateral (
                select case
                    when e.class = 'durable' and cardinality(e.right_nos) = 1 and e.path_prefix is null then case when get_bit(r.readable, e.right_nos[1]) = 1 then e.paths end
                    when r.readable is not null then wedsync_internal.visible_paths(e, r.readable)
                end
                offset 0
            ) as v (visible)
            -- as event_frames, without a call for each event
            cross join lateral (
                select 'broadcast', wedsync_internal.broadcast_frame(e, v.visible, false)
                union all
                select c.kind, c.payload
                from wedsync_internal.row_change_frames(
                    e, r.readable, g.bindings, nullif((select wedsync_internal.columns_of_events(events)) -> wedsync_internal.published_view(e.table_name), 'null')
                ) as c
                where g.bindings <> '[]'
            ) as f (kind, payload)
            where v.visible is not null and wedsync_internal.published_view(e.table_name) = any (g.tables) and (firsts is null or g.id = any (firsts))
            order by e.id, g.id, f.kind
        loop
            size := size + coalesce(octet_length(payload), 0);
            if firsts is null then
                return next;
            else
                return query
                select next_frames.kind, same.id, null::bigint, next_frames.couple_id, next_frames.seq, next_frames.payload, same.node, next_frames.xid, next_frames.age
                from wedsync_data.subscription_groups as g
                join wedsync_data.subscription_groups as same on same.identity = g.identity and same.node = any (nodes)
                where g.id = next_frames.group_id
                order by same.id;
            end if;
        end loop;
        if has_callers then
            for kind, group_id, couple_id, seq, payload, for_node, xid, age in
                select f.kind, f.group_id, f.couple_id, f.seq, f.payload, f.for_node, f.xid, f.age
                from wedsync_internal.caller_frames(events, nodes, next_frames.node is null) as f
            loop
                size := size + coalesce(octet_length(payload), 0);
                return next;
            end loop;
        end if;
        after_event := (events[cardinality(events)]).id;
        if size >= max_bytes then
            return query select 'more'::text, null::bigint, null::bigint, null::uuid, null::bigint,
                concat_ws('/', since, until, 'e', after_event), null::uuid, null::xid8, null::double precision;
            return;
        end if;
        exit when cardinality(events) < chunk;
        chunk := least(5000, chunk * least(4, greatest(1, max_bytes / greatest(size, 1))));
    end loop;

    if has_messages then
        after_message := case place[3] when 'm' then place[4] else '-1' end;
        for message in
            select m.* from wedsync_data.messages as m
            where m.xid >= last_xmax and m.created_at > now() - interval '8 days' and m.created_at < now() + interval '1 day'
                and m.id > after_message and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
            union all
            select m.* from wedsync_data.messages as m
            where m.xid = any (in_progress) and m.xid < last_xmax
                and m.created_at > now() - interval '8 days' and m.created_at < now() + interval '1 day'
                and m.id > after_message and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
            order by id
        loop
            for kind, group_id, couple_id, seq, payload, for_node, xid, age in
                select case when g.valid_until > now() then 'broadcast' else 'resync' end, g.id, null::uuid, message.seq,
                    case when g.valid_until > now() then wedsync_internal.message_frame(message) end, g.node, message.xid,
                    case when g.valid_until > now() then wedsync_internal.commit_age(message.xid, message.created_at) end
                from wedsync_data.subscription_groups as g
                where g.topic = message.topic and g.node = any (nodes) and (g.scope <> 'free' or g.is_private = message.is_private)
                order by g.id
            loop
                size := size + coalesce(octet_length(payload), 0);
                return next;
            end loop;
            if size >= max_bytes then
                return query select 'more'::text, null::bigint, null::bigint, null::uuid, null::bigint,
                    concat_ws('/', since, until, 'm', message.id), null::uuid, null::xid8, null::double precision;
                return;
            end if;
        end loop;
    end if;

    if has_moved then
        -- after the last events of its wedding
        return query
        select 'moved'::text, null::bigint, s.id, s.couple_id, null::bigint, pg_catalog.jsonb_build_object('reason', s.moved_reason)::text, s.node, null::xid8, null::double precision
        from wedsync_data.subscriptions as s
        where s.node = any (nodes) and s.active and s.ended and (s.moved_xid >= last_xmax or s.moved_xid = any (in_progress))
        order by s.id;
    end if;
end
$$;
comment on function wedsync_internal.next_frames(uuid, text, integer) is
'Events and messages that became visible since a cursor, as frames for the groups of a node, or with null for those of all followers
The cursor is a snapshot, so a long transaction delays only its own rows and none is read twice. First a row of kind cursor (payload: the next cursor), then moved (a subscription changed its group, null if access was revoked), then broadcast and postgres_changes, for each group in order of the log, notice for a group that was granted more and has to resync, or resync for one whose rights have expired, and last moved for channels whose wedding was deleted; couple_id and seq name an event''s place, seq alone a stored message''s; xid is the transaction that wrote it, age the seconds since the commit (with track_commit_timestamp, otherwise since the change) at the start of this statement, null without a frame. If max_bytes of text are reached, the last row is of kind more, with the cursor of the remaining rows as payload: the next cursor is valid only after the last page, and moved rows are repeated on each. Call it as one statement outside a transaction.';
revoke all on function wedsync_internal.next_frames(uuid, text, integer) from public;
grant execute on function wedsync_internal.next_frames(uuid, text, integer) to wedsync_worker;

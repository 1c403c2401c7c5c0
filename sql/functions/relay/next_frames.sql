-- drop: function wedsync_internal.next_frames(uuid, text)
-- drop: function wedsync_internal.next_frames(uuid, text, integer)
create or replace function wedsync_internal.next_frames(node uuid, cursor text, max_bytes integer default 16000000)
returns table (kind text, group_id bigint, subscription_id bigint, couple_id uuid, seq bigint, payload text, for_node uuid, xid xid8, age double precision)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- planned anew, every look would spend most of its time on the partitions; without the values a sequential scan looks cheap
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
-- a plan with a disabled node looks so dear that servers before 18 would compile it every time
set jit = off
rows 100
as $$
declare
    -- since, and behind a full page: the snapshot that it belongs to, e for events or m for messages, and the last id of them
    place constant text[] := pg_catalog.string_to_array(cursor, '/');
    since constant pg_snapshot := place[1]::pg_snapshot;
    -- Stable: every query in here sees the snapshot of the calling statement, and so does pg_current_snapshot().
    last_xmax constant xid8 := pg_catalog.pg_snapshot_xmax(since);
    in_progress constant xid8[] := array(select pg_catalog.pg_snapshot_xip(since));
    until constant pg_snapshot := coalesce(place[2]::pg_snapshot, pg_catalog.pg_current_snapshot());
    after_event constant bigint := case place[3] when 'e' then place[4] when 'm' then '9223372036854775807' else '-1' end;
    after_message constant bigint := case place[3] when 'm' then place[4] else '-1' end;
    size bigint := 0;
    -- without transactions to wait for, no partition is opened for them
    running_since constant timestamptz := case when in_progress = '{}' then 'infinity' else now() - interval '8 days' end;
    has_commit_times constant boolean := pg_catalog.current_setting('track_commit_timestamp')::boolean;
    age_now double precision;
    nodes uuid[];
    event wedsync_data.events;
    message wedsync_data.messages;
    has_bindings boolean;
    columns jsonb := '{}'::jsonb;
    view_name text;
begin
    return query select 'cursor'::text, null::bigint, null::bigint, null::uuid, null::bigint,
        until::text, null::uuid, null::xid8, null::double precision;
    if pg_catalog.pg_current_snapshot()::text = cursor and pg_catalog.pg_current_xact_id_if_assigned() is null then
        -- no transaction that writes has begun or ended
        return;
    end if;

    nodes := case when node is not null then array[node] else array(select n.node from wedsync_data.relay_nodes as n where n.fed) end;

    return query
    select 'moved'::text, s.group_id, s.id, s.couple_id, null::bigint, pg_catalog.jsonb_build_object('reason', s.moved_reason)::text, s.node, null::xid8, null::double precision
    from wedsync_data.subscriptions as s
    where s.node = any (nodes) and s.active and not s.ended and s.moved_xid is not null
        and (s.moved_xid >= last_xmax or s.moved_xid = any (in_progress))
    order by s.id;

    -- two ranges of the index: transactions that began after the last look, and those that were under way then
    for event in
        select e.* from wedsync_data.events as e
        where e.xid >= last_xmax and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
            and e.id > after_event and (place[2] is null or pg_catalog.pg_visible_in_snapshot(e.xid, until))
        union all
        select e.* from wedsync_data.events as e
        where e.xid = any (in_progress) and e.xid < last_xmax
            and e.created_at > running_since and e.created_at < now() + interval '1 day'
            and e.id > after_event and (place[2] is null or pg_catalog.pg_visible_in_snapshot(e.xid, until))
        order by id
    loop
        has_bindings := coalesce(has_bindings, exists (
            select from wedsync_data.subscription_groups as g where g.node = any (nodes) and g.bindings <> '[]'
        ));
        view_name := wedsync_internal.published_view(event.table_name);
        if has_bindings and not columns ? view_name then
            columns := columns || pg_catalog.jsonb_build_object(view_name, wedsync_internal.published_columns(view_name));
        end if;
        age_now := greatest(0, extract(epoch from now() - coalesce(
            case when has_commit_times then pg_catalog.pg_xact_commit_timestamp(event.xid::xid) end, event.created_at
        )));
        for kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age in
        -- rights that ended by themselves and are not yet worked out anew: whoever has some left joins again and goes on from before
        select case when g.valid_until > now() then f.kind else 'resync' end, a.group_id, null::bigint, event.couple_id, event.seq,
            case when g.valid_until > now() then f.payload end, a.node, event.xid,
            case when g.valid_until > now() then age_now end
        from (
            select g.* from wedsync_data.subscription_groups as g
            where g.couple_id = event.couple_id and g.node = any (nodes)
            union all
            select g.* from wedsync_data.subscription_groups as g
            where g.node = any (nodes) and g.scope = 'caller' and (g.is_service or g.principals && array(
                select m.user_id from wedsync_data.wedding_members as m where m.couple_id = event.couple_id
                union all
                select c.supplier_id from wedsync_data.connections as c where c.couple_id = event.couple_id
                union all
                select h.id from unnest(event.hearers) as h (id)
            ))
        ) as g
        cross join lateral wedsync_internal.group_event_rights(g::wedsync_data.subscription_groups, event) as r (readable)
        cross join lateral wedsync_internal.event_frames(event, r.readable, g.bindings, false, nullif(columns -> view_name, 'null')) as f
        -- the same audience on several processes is worked out once, at the first of them
        cross join lateral (
            select g.id as group_id, g.node where next_frames.node is not null
            union all
            select same.id, same.node from wedsync_data.subscription_groups as same
            where next_frames.node is null and same.node = any (nodes) and same.identity = g.identity
        ) as a
        where r.readable is not null and view_name = any (g.tables)
            and (next_frames.node is not null or not exists (
                select from wedsync_data.subscription_groups as earlier
                where earlier.node = any (nodes) and earlier.identity = g.identity and earlier.id < g.id
            ))
        order by a.group_id, f.kind
        loop
            size := size + coalesce(octet_length(payload), 0);
            return next;
        end loop;
        if event.class = 'access' then
            -- what the grantee could not read until now was never sent to it
            return query
            select 'notice'::text, g.id, null::bigint, event.couple_id, event.seq, null::text, g.node, event.xid, null::double precision
            from wedsync_data.subscription_groups as g
            where g.node = any (nodes) and g.scope = 'caller' and g.principals && wedsync_internal.access_holders(event)
                and wedsync_internal.principals_readable(g.principals, event.couple_id) <> repeat('0', 128)::bit(128)
            order by g.id;
        end if;
        if size >= max_bytes then
            return query select 'more'::text, null::bigint, null::bigint, null::uuid, null::bigint,
                concat_ws('/', since, until, 'e', event.id), null::uuid, null::xid8, null::double precision;
            return;
        end if;
    end loop;

    for message in
        select m.* from wedsync_data.messages as m
        where m.xid >= last_xmax and m.created_at > now() - interval '8 days' and m.created_at < now() + interval '1 day'
            and m.id > after_message and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
        union all
        select m.* from wedsync_data.messages as m
        where m.xid = any (in_progress) and m.xid < last_xmax
            and m.created_at > running_since and m.created_at < now() + interval '1 day'
            and m.id > after_message and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
        order by id
    loop
        age_now := greatest(0, extract(epoch from now() - coalesce(
            case when has_commit_times then pg_catalog.pg_xact_commit_timestamp(message.xid::xid) end, message.created_at
        )));
        for kind, group_id, subscription_id, couple_id, seq, payload, for_node, xid, age in
        select case when g.valid_until > now() then 'broadcast' else 'resync' end, g.id, null::bigint, null::uuid, message.seq,
            case when g.valid_until > now() then wedsync_internal.message_frame(message) end, g.node, message.xid,
            case when g.valid_until > now() then age_now end
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

    -- behind what its wedding still had to say
    return query
    select 'moved'::text, null::bigint, s.id, s.couple_id, null::bigint, pg_catalog.jsonb_build_object('reason', s.moved_reason)::text, s.node, null::xid8, null::double precision
    from wedsync_data.subscriptions as s
    where s.node = any (nodes) and s.active and s.ended and (s.moved_xid >= last_xmax or s.moved_xid = any (in_progress))
    order by s.id;
end
$$;
comment on function wedsync_internal.next_frames(uuid, text, integer) is
'What became visible since a cursor, as frames for the audiences of a worker process, or of all that are fed when node is null
The cursor is a snapshot, so a long transaction delays only its own rows and none is read twice. First a row of kind cursor (payload: the next cursor), then moved (a subscription changed its group, null for a lost right), then broadcast and postgres_changes in order of the log, notice for a group that was given access to more and has to read afresh, or resync for one whose rights have run out, and last moved for channels whose wedding was deleted; couple_id and seq name an event''s place, seq alone a stored message''s; xid is the transaction that wrote it, age its seconds since the commit where the server keeps commit times (track_commit_timestamp), else since the change was made, when this statement began, null where there is no frame. Where max_bytes of text are full, the last row is of kind more, and its payload the cursor of the rest: the next cursor holds only behind the last page, and what has moved is told again on each. Call it as one statement outside a transaction.';
revoke all on function wedsync_internal.next_frames(uuid, text, integer) from public;
grant execute on function wedsync_internal.next_frames(uuid, text, integer) to wedsync_worker;

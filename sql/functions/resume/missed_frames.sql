-- drop: function wedsync_internal.missed_frames(bigint, text)
create or replace function wedsync_internal.missed_frames(subscription_id bigint, cursor text, max_bytes integer default 1000000)
returns table (kind text, group_id bigint, for_subscription bigint, couple_id uuid, seq bigint, payload text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- missed events are found by their transaction; a scan of a short log is estimated cheaper, but computes the rights for every event in it
set enable_seqscan = off
-- disabled nodes make the cost of a plan so high that servers before 18 would JIT-compile it every time
set jit = off
as $$
declare
    -- the position, and behind a full page: the snapshot that it belongs to, e for events or m for messages, and the last id of them
    place constant text[] := pg_catalog.string_to_array(cursor, '/');
    since constant pg_snapshot := place[1]::pg_snapshot;
    last_xmax constant xid8 := pg_catalog.pg_snapshot_xmax(since);
    in_progress constant xid8[] := array(select pg_catalog.pg_snapshot_xip(since));
    until constant pg_snapshot := coalesce(place[2]::pg_snapshot, pg_catalog.pg_current_snapshot());
    after_event constant bigint := case place[3] when 'e' then place[4] when 'm' then '9223372036854775807' else '-1' end;
    after_message constant bigint := case place[3] when 'm' then place[4] else '-1' end;
    size bigint := 0;
    audience wedsync_data.subscription_groups;
    columns jsonb;
    event wedsync_data.events;
    message wedsync_data.messages;
    readable bit(128);
begin
    select g.* into audience
    from wedsync_data.subscriptions as s join wedsync_data.subscription_groups as g on g.id = s.group_id
    where s.id = missed_frames.subscription_id;
    if audience.id is null then
        return;
    end if;
    if audience.bindings <> '[]' then
        select pg_catalog.jsonb_object_agg(t.name, wedsync_internal.published_columns(t.name)) into columns from unnest(audience.tables) as t (name);
    end if;
    group_id := audience.id;
    for_subscription := missed_frames.subscription_id;

    if place[2] is null and audience.scope = 'caller' then
        return query
        select 'notice'::text, audience.id, missed_frames.subscription_id, e.couple_id, e.seq, null::text
        from wedsync_data.events as e
        where (e.xid >= last_xmax or e.xid = any (in_progress))
            and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
            and e.class = 'access' and audience.principals && wedsync_internal.access_holders(e)
            and wedsync_internal.principals_readable(audience.principals, e.couple_id) <> repeat('0', 128)::bit(128)
        order by e.id
        -- one resync is enough
        limit 1;
    end if;

    for event in
        select e.* from wedsync_data.events as e
        where (e.xid >= last_xmax or e.xid = any (in_progress))
            and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
            and e.id > after_event and (place[2] is null or pg_catalog.pg_visible_in_snapshot(e.xid, until))
            and (audience.scope = 'wedding' and e.couple_id = audience.couple_id or audience.scope = 'caller' and (audience.is_service or e.couple_id = any (array(
                select m.couple_id from wedsync_data.wedding_members as m where m.user_id = any (audience.principals)
                union all
                select c.couple_id from wedsync_data.connections as c where c.supplier_id = any (audience.principals)
            )) or e.recipients && audience.principals))
            and wedsync_internal.published_view(e.table_name) = any (audience.tables)
        order by e.id
    loop
        readable := wedsync_internal.group_event_rights(audience, event);
        continue when readable is null;
        couple_id := event.couple_id;
        seq := event.seq;
        for kind, payload in
            select f.kind, f.payload
            from wedsync_internal.event_frames(
                event, readable, audience.bindings, true, nullif(columns -> wedsync_internal.published_view(event.table_name), 'null')
            ) as f
            order by f.kind
        loop
            size := size + octet_length(payload);
            return next;
        end loop;
        if size >= max_bytes then
            return query select 'more'::text, audience.id, missed_frames.subscription_id, null::uuid, null::bigint, concat_ws('/', since, until, 'e', event.id);
            return;
        end if;
    end loop;

    kind := 'broadcast';
    couple_id := null;
    for message in
        select m.* from wedsync_data.messages as m
        where m.topic = audience.topic and (audience.scope <> 'free' or m.is_private = audience.is_private)
            and (m.xid >= last_xmax or m.xid = any (in_progress))
            and m.created_at > now() - interval '8 days' and m.created_at < now() + interval '1 day'
            and m.id > after_message and (place[2] is null or pg_catalog.pg_visible_in_snapshot(m.xid, until))
            and wedsync_internal.may_receive_message(m)
        order by m.id
    loop
        seq := message.seq;
        payload := wedsync_internal.message_frame(message, true);
        size := size + octet_length(payload);
        return next;
        if size >= max_bytes then
            return query select 'more'::text, audience.id, missed_frames.subscription_id, null::uuid, null::bigint, concat_ws('/', since, until, 'm', message.id);
            return;
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.missed_frames(bigint, text, integer) is
'What a subscription''s group would have received since a position, in order of the log, broadcasts marked as replayed; preceded by notice if its access was extended and it has to resync. They include live frames for the same couple_id (or topic) with a seq up to the last one of these. If max_bytes of text are reached, the last row is of kind more, with the cursor of the remaining rows as payload, which were all visible to the first page.';
revoke all on function wedsync_internal.missed_frames(bigint, text, integer) from public;
grant execute on function wedsync_internal.missed_frames(bigint, text, integer) to wedsync_worker;

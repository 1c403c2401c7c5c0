-- requires: realtime/event_frames, realtime/group_event_rights, realtime/message_frame, notifications/may_hear_message, realtime/published_columns, realtime/published_view, realtime/access_holders
create or replace function wedsync_internal.missed_frames(subscription_id bigint, since text)
returns table (kind text, group_id bigint, for_subscription bigint, couple_id uuid, seq bigint, payload text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
-- what was missed is found by its transaction; a scan of a short log looks cheap, but works out the rights of every event in it
set enable_seqscan = off
-- a plan with a disabled node looks so dear that servers before 18 would compile it every time
set jit = off
as $$
declare
    last_xmax constant xid8 := pg_catalog.pg_snapshot_xmax(missed_frames.since::pg_snapshot);
    in_progress constant xid8[] := array(select pg_catalog.pg_snapshot_xip(missed_frames.since::pg_snapshot));
    audience wedsync_data.subscription_groups;
    columns jsonb;
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
    return query
    select f.kind, audience.id, missed_frames.subscription_id, e.couple_id, e.seq, f.payload
    from wedsync_data.events as e
    cross join lateral wedsync_internal.group_event_rights(audience, e) as r (readable)
    cross join lateral wedsync_internal.event_frames(e, r.readable, audience.bindings, true, nullif(columns -> wedsync_internal.published_view(e.table_name), 'null')) as f
    where (e.xid >= last_xmax or e.xid = any (in_progress))
        and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
        and (audience.scope = 'wedding' and e.couple_id = audience.couple_id or audience.scope = 'caller' and (audience.is_service or e.couple_id = any (array(
            select m.couple_id from wedsync_data.wedding_members as m where m.user_id = any (audience.principals)
            union all
            select c.couple_id from wedsync_data.connections as c where c.supplier_id = any (audience.principals)
        )) or e.hearers && audience.principals))
        and r.readable is not null
        and wedsync_internal.published_view(e.table_name) = any (audience.tables)
    order by e.id, f.kind;

    return query
    select 'notice'::text, audience.id, missed_frames.subscription_id, e.couple_id, e.seq, null::text
    from wedsync_data.events as e
    where (e.xid >= last_xmax or e.xid = any (in_progress))
        and e.created_at > now() - interval '8 days' and e.created_at < now() + interval '1 day'
        and audience.scope = 'caller' and e.class = 'access' and audience.principals && wedsync_internal.access_holders(e)
        and wedsync_internal.principals_readable(audience.principals, e.couple_id) <> repeat('0', 128)::bit(128)
    order by e.id;

    return query
    select 'broadcast'::text, audience.id, missed_frames.subscription_id, null::uuid, m.seq, wedsync_internal.message_frame(m, true)
    from wedsync_data.messages as m
    where m.topic = audience.topic and (audience.scope <> 'free' or m.is_private = audience.is_private)
        and (m.xid >= last_xmax or m.xid = any (in_progress))
        and m.created_at > now() - interval '8 days' and m.created_at < now() + interval '1 day'
        and wedsync_internal.may_hear_message(m)
    order by m.id;
end
$$;
comment on function wedsync_internal.missed_frames(bigint, text) is
'What a subscription''s audience would have heard since a position, in order of the log, broadcasts marked as replayed; notice where it was given access to more, and has to read that afresh. Live frames for the same couple_id (or topic) with a seq up to the last one of these were among them.';
revoke all on function wedsync_internal.missed_frames(bigint, text) from public;
grant execute on function wedsync_internal.missed_frames(bigint, text) to wedsync_worker;

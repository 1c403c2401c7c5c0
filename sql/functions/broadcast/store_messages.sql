create or replace function wedsync_internal.store_messages(topics text[], events text[], payloads jsonb[], privates boolean[], sender_id uuid)
returns integer
language plpgsql
volatile
as $$
declare
    largest constant integer := wedsync_internal.setting_limit('message_max_bytes');
    at constant timestamptz := pg_catalog.clock_timestamp();
    kept constant text[] := array(
        select wedsync_internal.canonical_topic(t.topic) from unnest(topics) with ordinality as t (topic, position) order by t.position
    );
    stored integer;
begin
    if exists (select from unnest(topics) as t (topic) where t.topic is null or t.topic = '' or length(t.topic) > 255 or t.topic like 'realtime:%') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "topic", "rule": "1 to 255 characters, without realtime:"}');
    end if;
    if exists (select from unnest(events) as e (event) where e.event is null or e.event = '' or length(e.event) > 255) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "event", "rule": "1 to 255 characters"}');
    end if;
    if exists (select from unnest(payloads) as p (payload) where p.payload is null or pg_catalog.jsonb_typeof(p.payload) <> 'object') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "payload", "rule": "object"}');
    end if;
    if exists (select from unnest(payloads) as p (payload) where octet_length(p.payload::text) > largest) then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object('parameter', 'payload', 'rule', 'at most ' || largest || ' bytes as text', 'limit', largest));
    end if;
    if not wedsync_internal.has_partition('messages', at) then
        perform wedsync_internal.make_partition('messages', at);
    end if;
    -- topics are locked in order of their names, so that batches do not deadlock
    with wanted as (
        select t.topic, count(*) as n from unnest(kept) as t (topic) group by t.topic order by t.topic
    ),
    clocks as (
        insert into wedsync_data.topic_clocks as k (topic, seq)
        select w.topic, w.n from wanted as w order by w.topic
        on conflict on constraint topic_clocks_pkey do update set seq = k.seq + excluded.seq
        returning k.topic, k.seq
    )
    insert into wedsync_data.messages (topic, seq, event, payload, is_private, sender_id, created_at)
    select m.topic, c.seq - w.n + row_number() over (partition by m.topic order by m.position), m.event, m.payload, coalesce(m.private, true), store_messages.sender_id, at
    from unnest(kept, events, payloads, privates) with ordinality as m (topic, event, payload, private, position)
    join wanted as w on w.topic = m.topic
    join clocks as c on c.topic = m.topic
    order by m.position;
    get diagnostics stored = row_count;
    perform wedsync_internal.notify_relays();
    return stored;
end
$$;
comment on function wedsync_internal.store_messages(text[], text[], jsonb[], boolean[], uuid) is
'Stores broadcasts whose JSON has been checked. Delivered on commit, discarded on rollback; errors abort the transaction. Returns their number.';
revoke all on function wedsync_internal.store_messages(text[], text[], jsonb[], boolean[], uuid) from public;

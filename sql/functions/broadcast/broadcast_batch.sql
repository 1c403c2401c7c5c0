create or replace function wedsync.broadcast_batch(messages jsonb)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    topics text[];
    events text[];
    payloads jsonb[];
    privates boolean[];
begin
    perform wedsync_internal.enforce_rate_limit(
        'realtime-broadcast', case pg_catalog.jsonb_typeof(messages) when 'array' then greatest(pg_catalog.jsonb_array_length(messages), 1) else 1 end
    );
    perform wedsync_internal.check_json(messages, 'messages', wedsync_internal.setting_limit('batch_max_bytes'));
    if messages is null or pg_catalog.jsonb_typeof(messages) <> 'array' or pg_catalog.jsonb_array_length(messages) not between 1 and 10000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "messages", "rule": "array of 1 to 10000 objects"}');
    end if;
    if exists (select from pg_catalog.jsonb_array_elements(messages) as m (v) where pg_catalog.jsonb_typeof(m.v) <> 'object') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "messages", "rule": "array of objects"}');
    end if;
    select
        array_agg(m.v ->> 'topic' order by m.position), array_agg(m.v ->> 'event' order by m.position),
        array_agg(m.v -> 'payload' order by m.position), array_agg(coalesce(m.v ->> 'private', 'true') <> 'false' order by m.position)
    into topics, events, payloads, privates
    from pg_catalog.jsonb_array_elements(messages) with ordinality as m (v, position);
    perform wedsync_internal.require_broadcast(topics, events);
    return wedsync_internal.store_messages(topics, events, payloads, privates, wedsync_internal.current_user_id());
end
$$;
comment on function wedsync.broadcast_batch(jsonb) is
'Sends many broadcasts at once, in order
messages is an array of 1 to 10000 objects {topic, event, payload, private}. All or none are sent. Returns their number. Each counts towards the broadcast limit; batches beyond the limit or the setting batch_max_bytes raise too_large. Errors as in broadcast, such as rate_limited (429).';
revoke all on function wedsync.broadcast_batch(jsonb) from public;
grant execute on function wedsync.broadcast_batch(jsonb) to authenticated, service_role, wedsync_admin;

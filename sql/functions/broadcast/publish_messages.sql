create or replace function wedsync_internal.publish_messages(claims jsonb, messages jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    is_service constant boolean := coalesce(claims ->> 'role' = 'service_role', false);
    subject uuid;
    message jsonb;
    access record;
    topics text[] := '{}'::text[];
    events text[] := '{}'::text[];
    payloads jsonb[] := '{}'::jsonb[];
    privates boolean[] := '{}'::boolean[];
    refused jsonb := '[]'::jsonb;
    allowed jsonb := '{}'::jsonb;
    topic text;
begin
    perform wedsync_internal.check_json(messages, 'messages', wedsync_internal.setting_limit('batch_max_bytes'));
    if coalesce(claims ->> 'sub', '') ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' and claims ->> 'role' in ('authenticated', 'service_role') then
        subject := (claims ->> 'sub')::uuid;
    end if;
    for message in select m.v from pg_catalog.jsonb_array_elements(messages) as m (v) loop
        topic := coalesce(message ->> 'topic', '');
        if not allowed ? topic then
            access := wedsync_internal.topic_access(subject, is_service, wedsync_internal.canonical_topic(topic));
            allowed := allowed || pg_catalog.jsonb_build_object(topic, case
                when is_service then 'all'
                when access.code is not null or not access.can_broadcast or wedsync_internal.session_problem(claims, access.couple_id) is not null then 'none'
                when access.scope = 'free' then 'all'
                else 'own'
            end);
        end if;
        if allowed ->> topic = 'all' or allowed ->> topic = 'own' and coalesce(message ->> 'event', '') <> all (wedsync_internal.server_events()) then
            topics := array_append(topics, topic);
            events := array_append(events, message ->> 'event');
            payloads := array_append(payloads, message -> 'payload');
            privates := array_append(privates, coalesce(message ->> 'private', 'false') = 'true');
        else
            refused := refused || to_jsonb(topic);
        end if;
    end loop;
    if not is_service and topics <> '{}' then
        perform wedsync_internal.enforce_rate_limit('realtime-broadcast', cardinality(topics), subject);
    end if;
    return pg_catalog.jsonb_build_object(
        'stored', case when topics = '{}' then 0 else wedsync_internal.store_messages(topics, events, payloads, privates, subject) end,
        'refused', refused
    );
end
$$;
comment on function wedsync_internal.publish_messages(jsonb, jsonb) is
'Broadcasts published over HTTP for verified claims: array of {topic, event, payload, private}. Returns {stored, refused}; refused lists topics on which the sender may not broadcast, or not events of that name. Messages over HTTP and from SQL count towards the same limit: rate_limited (429), too_large (PT413).';
revoke all on function wedsync_internal.publish_messages(jsonb, jsonb) from public;
grant execute on function wedsync_internal.publish_messages(jsonb, jsonb) to wedsync_worker;

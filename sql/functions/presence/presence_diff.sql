create or replace function wedsync_internal.presence_diff(topic text, version bigint, key text, user_id uuid, arrived jsonb, departed jsonb)
returns jsonb
language sql
immutable
parallel safe
return pg_catalog.jsonb_build_object('topic', topic, 'version', version, 'key', key, 'user_id', user_id, 'join', arrived, 'leave', departed)
    || case
        when topic ~ '^presence_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then pg_catalog.jsonb_build_object('announce', pg_catalog.jsonb_build_object(
            'event', case when arrived is null then 'user_left' when departed is null then 'user_joined' else 'presence_update' end,
            'couple_id', right(topic, 36),
            'topics', pg_catalog.jsonb_build_array(topic, 'core_fields_' || right(topic, 36))
        ))
        else '{}'
    end;
comment on function wedsync_internal.presence_diff(text, bigint, text, uuid, jsonb, jsonb) is
'One change of presence as all worker processes receive it: {topic, version, key, user_id, join, leave}
For users of a wedding also announce, {event, couple_id, topics}: the event that each process broadcasts, and on which topics.';
revoke all on function wedsync_internal.presence_diff(text, bigint, text, uuid, jsonb, jsonb) from public;

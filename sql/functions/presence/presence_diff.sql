create or replace function wedsync_internal.presence_diff(topic text, version bigint, key text, user_id uuid, arrived jsonb, departed jsonb)
returns jsonb
language sql
immutable
parallel safe
return pg_catalog.jsonb_build_object('topic', topic, 'version', version, 'key', key, 'user_id', user_id, 'join', arrived, 'leave', departed);
comment on function wedsync_internal.presence_diff(text, bigint, text, uuid, jsonb, jsonb) is
'One change of presence as all worker processes receive it: {topic, version, key, user_id, join, leave}.';
revoke all on function wedsync_internal.presence_diff(text, bigint, text, uuid, jsonb, jsonb) from public;

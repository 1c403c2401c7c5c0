create or replace function wedsync_internal.message_frame(message wedsync_data.messages, is_replay boolean default false)
returns text
language sql
stable
return jsonb_build_object(
    'type', 'broadcast',
    'event', message.event,
    'payload', message.payload,
    'meta', jsonb_build_object('id', message.message_id, 'seq', message.seq) || case when is_replay then '{"replayed": true}'::jsonb else '{}'::jsonb end
)::text;
comment on function wedsync_internal.message_frame(wedsync_data.messages, boolean) is 'The broadcast payload of a stored message.';
revoke all on function wedsync_internal.message_frame(wedsync_data.messages, boolean) from public;

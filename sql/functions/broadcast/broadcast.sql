create or replace function wedsync.broadcast(topic text, event text, payload jsonb, private boolean default true)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('realtime-broadcast');
    perform wedsync_internal.check_json(payload, 'payload', wedsync_internal.setting_limit('message_max_bytes'));
    perform wedsync_internal.require_given('{topic,event,payload}', array[topic is not null, event is not null, payload is not null]);
    perform wedsync_internal.require_broadcast(array[topic], array[event]);
    perform wedsync_internal.store_messages(array[topic], array[event], array[payload], array[private], wedsync_internal.current_user_id());
end
$$;
comment on function wedsync.broadcast(text, text, jsonb, boolean) is
'Sends a broadcast to a channel when the transaction commits
topic is without realtime:. The message is stored and can be replayed; errors abort the transaction. Users need the right to broadcast there, server roles can send anywhere.
Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.broadcast(text, text, jsonb, boolean) from public;
grant execute on function wedsync.broadcast(text, text, jsonb, boolean) to authenticated, service_role, wedsync_admin;

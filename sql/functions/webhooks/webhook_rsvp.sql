create or replace function wedsync_internal.webhook_rsvp(payload jsonb)
returns jsonb
language plpgsql
volatile
as $$
declare
    data constant jsonb := coalesce(payload -> 'data', '{}');
begin
    if payload ->> 'type' is distinct from 'rsvp.updated' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "type", "rule": "rsvp.updated"}');
    end if;
    return wedsync.record_rsvp(couple_id => wedsync_internal.json_uuid(data, 'couple_id'), replies => data -> 'replies');
end
$$;
comment on function wedsync_internal.webhook_rsvp(jsonb) is 'Handles {"type": "rsvp.updated", "data": {couple_id, replies}} like record_rsvp, and raises its errors.';
revoke all on function wedsync_internal.webhook_rsvp(jsonb) from public;

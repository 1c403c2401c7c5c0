create or replace function wedsync_internal.webhook_core_fields(payload jsonb)
returns jsonb
language plpgsql
volatile
as $$
declare
    data constant jsonb := coalesce(payload -> 'data', '{}');
begin
    if payload ->> 'type' is distinct from 'core_fields.update' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "type", "rule": "core_fields.update"}');
    end if;
    return wedsync.update_core_fields(
        couple_id => wedsync_internal.json_uuid(data, 'couple_id'), patch => data -> 'patch', base_version => wedsync_internal.json_integer(data, 'base_version'),
        reason => coalesce(left(data ->> 'reason', 1000), 'webhook'), answer => 'minimal'
    );
end
$$;
comment on function wedsync_internal.webhook_core_fields(jsonb) is
'Handles {"type": "core_fields.update", "data": {couple_id, patch, base_version, reason}} like update_core_fields, and raises its errors.';
revoke all on function wedsync_internal.webhook_core_fields(jsonb) from public;

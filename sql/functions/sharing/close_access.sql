create or replace function wedsync_internal.close_access(couple_id uuid, supplier_id uuid, from_states text[], fields text[], reason text)
returns jsonb
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given('{couple_id,supplier_id}', array[couple_id is not null, supplier_id is not null]);
    perform wedsync_internal.lock_as_partner(couple_id, supplier_id);
    if cardinality(fields) > 128 then
        perform wedsync_internal.fail('too_large', '{"parameter": "fields"}');
    end if;
    if length(reason) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "reason", "rule": "at most 1000 characters"}');
    end if;
    return wedsync_internal.close_supplier_access(couple_id, supplier_id, from_states, fields, reason);
end
$$;
comment on function wedsync_internal.close_access(uuid, uuid, text[], text[], text) is 'Common end of reject_access and revoke_access.';
revoke all on function wedsync_internal.close_access(uuid, uuid, text[], text[], text) from public;

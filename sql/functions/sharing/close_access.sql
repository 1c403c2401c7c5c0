create or replace function wedsync_internal.close_access(couple_id uuid, supplier_id uuid, from_states text[], fields text[], reason text)
returns jsonb
language plpgsql
volatile
as $$
declare
    before jsonb;
    after jsonb;
    closed integer;
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
    before := wedsync_internal.access_summary(couple_id, supplier_id);
    if before ->> 'status' is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if fields is null then
        update wedsync_data.grants as g
        set state = case g.state when 'pending' then 'rejected' else 'revoked' end,
            decided_by = wedsync_internal.current_user_id(), decided_at = now()
        where g.couple_id = close_access.couple_id and g.grantee_id = close_access.supplier_id and g.state = any (from_states);
        get diagnostics closed = row_count;
    else
        closed := wedsync_internal.cut_from_grants(couple_id, supplier_id, from_states, fields, wedsync_internal.current_user_id());
    end if;
    if closed = 0 then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'the grant must be in state ' || array_to_string(from_states, ' or ')), 'Read its status in core_fields_permissions.');
    end if;
    update wedsync_data.connections as c
    set closed_by = wedsync_internal.current_user_id(), closed_at = now(), closed_reason = close_access.reason,
        shares_automatically = false, refused_at = pg_catalog.clock_timestamp()
    where c.couple_id = close_access.couple_id and c.supplier_id = close_access.supplier_id;
    after := wedsync_internal.access_summary(couple_id, supplier_id);
    perform set_config('wedsync.change_reason', coalesce(reason, ''), true);
    perform wedsync_internal.record_access_change(couple_id, 'grants', 'update', 'grants/' || supplier_id, before, after);
    perform set_config('wedsync.change_reason', '', true);
    return after;
end
$$;
comment on function wedsync_internal.close_access(uuid, uuid, text[], text[], text) is 'Common end of reject_access and revoke_access.';
revoke all on function wedsync_internal.close_access(uuid, uuid, text[], text[], text) from public;

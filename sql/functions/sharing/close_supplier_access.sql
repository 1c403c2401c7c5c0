create or replace function wedsync_internal.close_supplier_access(couple_id uuid, supplier_id uuid, from_states text[], fields text[], reason text)
returns jsonb
language plpgsql
volatile
as $$
declare
    before jsonb;
    after jsonb;
    closed integer;
begin
    before := wedsync_internal.access_summary(couple_id, supplier_id);
    if before ->> 'status' is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if fields is null then
        update wedsync_data.grants as g
        set state = case g.state when 'pending' then 'rejected' else 'revoked' end,
            decided_by = wedsync_internal.current_user_id(), decided_at = now()
        where g.couple_id = close_supplier_access.couple_id and g.grantee_id = close_supplier_access.supplier_id and g.state = any (from_states);
        get diagnostics closed = row_count;
    else
        closed := wedsync_internal.cut_from_grants(couple_id, supplier_id, from_states, fields, wedsync_internal.current_user_id());
    end if;
    if closed = 0 then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'the grant must be in state ' || array_to_string(from_states, ' or ')), 'Read its status in core_fields_permissions.');
    end if;
    update wedsync_data.connections as c
    set closed_by = wedsync_internal.current_user_id(), closed_at = now(), closed_reason = close_supplier_access.reason,
        shares_automatically = false, refused_at = pg_catalog.clock_timestamp()
    where c.couple_id = close_supplier_access.couple_id and c.supplier_id = close_supplier_access.supplier_id;
    after := wedsync_internal.access_summary(couple_id, supplier_id);
    perform set_config('wedsync.change_reason', coalesce(reason, ''), true);
    perform wedsync_internal.record_access_change(couple_id, 'grants', 'update', 'grants/' || supplier_id, before, after);
    perform set_config('wedsync.change_reason', '', true);
    return after;
end
$$;
comment on function wedsync_internal.close_supplier_access(uuid, uuid, text[], text[], text) is
'Ends the grants of a supplier in these states, or the named fields of them, and audits it. Call it under the locks of the supplier and of the wedding. Errors: not_found (PT404), state_conflict (PT409) if there is nothing to end.';
revoke all on function wedsync_internal.close_supplier_access(uuid, uuid, text[], text[], text) from public;

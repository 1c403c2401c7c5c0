create or replace function wedsync_internal.grant_to_supplier(
    couple_id uuid, supplier_id uuid, readable_fields text[], writable_fields text[], auto_sync_enabled boolean
)
returns jsonb
language plpgsql
volatile
as $$
begin
    if not exists (select from wedsync_data.suppliers as s where s.id = grant_to_supplier.supplier_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    if cardinality(readable_fields || coalesce(writable_fields, '{}')) = 0 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "readable_fields", "rule": "at least one field; to end access, call revoke_access"}');
    end if;
    perform wedsync_internal.check_grantable(readable_fields || coalesce(writable_fields, '{}'), true);
    perform wedsync_internal.require_partner_name(couple_id);
    insert into wedsync_data.connections as c (couple_id, supplier_id, auto_sync_enabled, requested_by, approved_by, approved_at)
    values (
        grant_to_supplier.couple_id, grant_to_supplier.supplier_id, coalesce(grant_to_supplier.auto_sync_enabled, true),
        wedsync_internal.current_user_id(), wedsync_internal.current_user_id(), now()
    )
    on conflict on constraint connections_pkey do update
    set auto_sync_enabled = coalesce(grant_to_supplier.auto_sync_enabled, c.auto_sync_enabled), approved_by = excluded.approved_by,
        approved_at = excluded.approved_at, closed_at = null, closed_by = null, closed_reason = null;
    return wedsync_internal.set_grants(couple_id, 'supplier', supplier_id, readable_fields, writable_fields, false, wedsync_internal.current_user_id());
end
$$;
comment on function wedsync_internal.grant_to_supplier(uuid, uuid, text[], text[], boolean) is
'Common end of grant_access and set_supplier_permissions, under the locks of lock_as_partner: checks the names and replaces the grants. auto_sync_enabled null keeps the setting.';
revoke all on function wedsync_internal.grant_to_supplier(uuid, uuid, text[], text[], boolean) from public;

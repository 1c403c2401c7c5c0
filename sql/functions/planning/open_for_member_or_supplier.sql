create or replace function wedsync_internal.open_for_member_or_supplier(couple_id uuid, supplier_id uuid, out wedding_role text, out sender_supplier uuid, out writable bit)
language plpgsql
volatile
as $$
declare
    access record;
begin
    perform wedsync_internal.require_caller();
    select a.wedding_role, a.supplier_ids, a.writable into access
    from wedsync_internal.caller_access as a where a.couple_id = open_for_member_or_supplier.couple_id;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
    if supplier_id is not null and supplier_id <> all (access.supplier_ids) is not false then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "a supplier of the caller with access to the wedding"}');
    end if;
    wedding_role := access.wedding_role;
    writable := access.writable;
    sender_supplier := supplier_id;
    if supplier_id is null and wedding_role is null and not wedsync_internal.is_service() then
        if cardinality(access.supplier_ids) is distinct from 1 then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "supplier_id", "rule": "required for members of several suppliers"}');
        end if;
        sender_supplier := access.supplier_ids[1];
    end if;
end
$$;
comment on function wedsync_internal.open_for_member_or_supplier(uuid, uuid) is
'Common start of what members and suppliers of a wedding hand in: the caller''s role, and the supplier for which a caller without a role acts. Whoever has no access gets not_found.';
revoke all on function wedsync_internal.open_for_member_or_supplier(uuid, uuid) from public;

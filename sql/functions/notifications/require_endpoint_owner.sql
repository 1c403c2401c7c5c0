create or replace function wedsync_internal.require_endpoint_owner(couple_id uuid, supplier_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    if num_nonnulls(couple_id, supplier_id) = 0 and wedsync_internal.is_service() then
        return;
    end if;
    if num_nonnulls(couple_id, supplier_id) <> 1 then
        perform wedsync_internal.require_user();
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "either couple_id or supplier_id"}');
    end if;
    if couple_id is not null then
        perform wedsync_internal.require_partner(couple_id);
    else
        perform wedsync_internal.require_supplier_role(supplier_id, '{owner,manager}');
    end if;
end
$$;
comment on function wedsync_internal.require_endpoint_owner(uuid, uuid) is 'Raises an error unless the caller is a partner of the wedding, or owner or manager of the supplier; for endpoints of the operator (neither), a trusted server role.';
revoke all on function wedsync_internal.require_endpoint_owner(uuid, uuid) from public;

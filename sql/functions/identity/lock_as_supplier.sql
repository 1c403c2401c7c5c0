create or replace function wedsync_internal.lock_as_supplier(supplier_id uuid, member_roles text[], changes_members boolean)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_supplier_role(supplier_id, member_roles);
    perform wedsync_internal.lock_supplier(lock_as_supplier.supplier_id, changes_members);
    -- checked again: the role may have been removed while this waited
    perform wedsync_internal.require_supplier_role(supplier_id, member_roles);
end
$$;
comment on function wedsync_internal.lock_as_supplier(uuid, text[], boolean) is
'Takes the supplier''s lock for members with one of the roles and for trusted server roles: exclusively where its members change, otherwise shared with others who act for it. Taken before the lock of a wedding. Raises the errors of require_supplier_role.';
revoke all on function wedsync_internal.lock_as_supplier(uuid, text[], boolean) from public;

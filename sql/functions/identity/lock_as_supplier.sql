create or replace function wedsync_internal.lock_as_supplier(supplier_id uuid, member_roles text[], changes_members boolean)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_supplier_role(supplier_id, member_roles);
    perform wedsync_internal.lock_supplier(lock_as_supplier.supplier_id, changes_members);
    -- asked again: the role may have gone while this waited
    perform wedsync_internal.require_supplier_role(supplier_id, member_roles);
end
$$;
comment on function wedsync_internal.lock_as_supplier(uuid, text[], boolean) is
'Takes the supplier''s lock for people who hold one of the roles, and trusted server roles: alone where its people change, else together with others who act for it. Comes before the lock of a wedding. Raises as require_supplier_role does.';
revoke all on function wedsync_internal.lock_as_supplier(uuid, text[], boolean) from public;

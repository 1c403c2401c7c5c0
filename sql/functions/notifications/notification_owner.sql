create or replace function wedsync_internal.notification_owner(supplier_id uuid)
returns uuid
language plpgsql
volatile
as $$
begin
    if supplier_id is null then
        return wedsync_internal.require_user();
    end if;
    perform wedsync_internal.require_supplier_role(supplier_id, '{owner,manager}');
    return supplier_id;
end
$$;
comment on function wedsync_internal.notification_owner(uuid) is 'Whose notifications the caller sets: the caller''s own, or those of a supplier of which the caller is owner or manager. Raises the errors of require_user and require_supplier_role.';
revoke all on function wedsync_internal.notification_owner(uuid) from public;

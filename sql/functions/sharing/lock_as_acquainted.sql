create or replace function wedsync_internal.lock_as_acquainted(couple_id uuid, supplier_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    if not wedsync_internal.are_acquainted(couple_id, supplier_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.lock_wedding(couple_id);
    -- checked again: the wedding may have been deleted while this waited
    if not wedsync_internal.are_acquainted(couple_id, supplier_id) then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync_internal.lock_as_acquainted(uuid, uuid) is
'Locks the wedding for notes of a supplier. Suppliers that the couple has neither invited nor answered get not_found, without blocking anybody.';
revoke all on function wedsync_internal.lock_as_acquainted(uuid, uuid) from public;

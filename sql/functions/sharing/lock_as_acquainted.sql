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
    -- asked again: the wedding may have gone while this waited
    if not wedsync_internal.are_acquainted(couple_id, supplier_id) then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync_internal.lock_as_acquainted(uuid, uuid) is
'Locks the wedding for what a supplier notes about it. Suppliers that the couple neither invited nor answered get not_found, and hold up nobody.';
revoke all on function wedsync_internal.lock_as_acquainted(uuid, uuid) from public;

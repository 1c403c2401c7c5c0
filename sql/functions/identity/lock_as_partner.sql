-- drop: function wedsync_internal.lock_as_partner(uuid)
create or replace function wedsync_internal.lock_as_partner(couple_id uuid, supplier_id uuid default null)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_partner(couple_id);
    -- the supplier, if there is one, before the wedding: what is granted to it reaches its people, who stay as they are meanwhile
    perform wedsync_internal.lock_supplier(lock_as_partner.supplier_id, false);
    perform wedsync_internal.lock_wedding(couple_id, true);
    -- asked again: the right may have gone while this waited
    perform wedsync_internal.require_partner(couple_id);
end
$$;
comment on function wedsync_internal.lock_as_partner(uuid, uuid) is
'Takes the wedding''s lock for a partner or a trusted server role; one change of access or membership at a time. Raises as require_partner does.';
revoke all on function wedsync_internal.lock_as_partner(uuid, uuid) from public;

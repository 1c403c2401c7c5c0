-- drop: function wedsync_internal.lock_as_partner(uuid)
create or replace function wedsync_internal.lock_as_partner(couple_id uuid, supplier_id uuid default null)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_partner(couple_id);
    -- the supplier, if any, before the wedding: its members, whom a grant reaches, do not change in the meantime
    perform wedsync_internal.lock_supplier(lock_as_partner.supplier_id, false);
    perform wedsync_internal.lock_wedding(couple_id, true);
    -- checked again: the right may have been revoked while this waited
    perform wedsync_internal.require_partner(couple_id);
end
$$;
comment on function wedsync_internal.lock_as_partner(uuid, uuid) is
'Takes the wedding''s lock for a partner or a trusted server role; serializes changes of access and membership. Raises the errors of require_partner.';
revoke all on function wedsync_internal.lock_as_partner(uuid, uuid) from public;

create or replace function wedsync_internal.lock_supplier_weddings(supplier_ids uuid[])
returns uuid[]
language plpgsql
volatile
as $$
declare
    couples constant uuid[] := array(
        select distinct g.couple_id from wedsync_data.grants as g
        where g.grantee_id = any (lock_supplier_weddings.supplier_ids) and g.state = 'approved' and g.valid_until > now()
    );
begin
    -- shared with writers and joins of channels; only changes of access of these weddings wait
    perform from wedsync_data.wedding_clocks as k where k.couple_id = any (couples) order by k.couple_id for key share;
    return couples;
end
$$;
comment on function wedsync_internal.lock_supplier_weddings(uuid[]) is
'Locks the weddings of suppliers against changes of access until the end of the transaction, and returns them. Call it with the suppliers'' locks held and before that of a user.';
revoke all on function wedsync_internal.lock_supplier_weddings(uuid[]) from public;

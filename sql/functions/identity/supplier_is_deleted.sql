create or replace function wedsync_internal.supplier_is_deleted()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- the rows that the cascade will lock, in the lock order
    perform wedsync_internal.lock_subscriptions(
        array(select c.couple_id from wedsync_data.connections as c where c.supplier_id = old.id),
        array(select m.user_id from wedsync_data.supplier_members as m where m.supplier_id = old.id)
    );
    return old;
end
$$;
comment on function wedsync_internal.supplier_is_deleted() is 'Takes the locks of a supplier''s weddings and members before the supplier is deleted.';
revoke all on function wedsync_internal.supplier_is_deleted() from public;

create or replace trigger supplier_is_deleted
before delete on wedsync_data.suppliers
for each row execute function wedsync_internal.supplier_is_deleted();
comment on trigger supplier_is_deleted on wedsync_data.suppliers is 'Keeps the deletion to the lock order.';

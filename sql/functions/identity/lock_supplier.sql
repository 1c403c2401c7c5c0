create or replace function wedsync_internal.lock_supplier(supplier_id uuid, changes_members boolean, gives_way boolean default false)
returns void
language plpgsql
volatile
as $$
declare
    looks integer := 0;
begin
    if not gives_way then
        if changes_members then
            perform from wedsync_data.suppliers as s where s.id = lock_supplier.supplier_id for no key update;
        else
            perform from wedsync_data.suppliers as s where s.id = lock_supplier.supplier_id for share;
        end if;
        return;
    end if;
    loop
        if changes_members then
            perform from wedsync_data.suppliers as s where s.id = lock_supplier.supplier_id for no key update skip locked;
        else
            perform from wedsync_data.suppliers as s where s.id = lock_supplier.supplier_id for share skip locked;
        end if;
        exit when found or not exists (select from wedsync_data.suppliers as s where s.id = lock_supplier.supplier_id);
        looks := looks + 1;
        if looks > 120 then
            perform wedsync_internal.fail(
                'state_conflict', '{"rule": "nobody else changes the supplier at this moment"}', 'Repeat the transaction.'
            );
        end if;
        perform pg_catalog.pg_sleep(0.025);
    end loop;
end
$$;
comment on function wedsync_internal.lock_supplier(uuid, boolean, boolean) is
'Takes the lock of a supplier, its row of suppliers, until the end of the transaction: exclusively where its members change, otherwise shared with others who grant it access or act for it
Comes before the lock of a wedding. Who holds something later in the order gives way: after three seconds it gives up with state_conflict.';
revoke all on function wedsync_internal.lock_supplier(uuid, boolean, boolean) from public;

create or replace function wedsync_internal.direct_supplier_lock()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The row, which comes after the supplier in the lock order, is locked already: yield instead of waiting.
    if tg_op <> 'INSERT' then
        perform wedsync_internal.lock_supplier(old.supplier_id, true, true);
    end if;
    if tg_op <> 'DELETE' then
        perform wedsync_internal.lock_supplier(new.supplier_id, true, true);
        return new;
    end if;
    return old;
end
$$;
comment on function wedsync_internal.direct_supplier_lock() is
'Takes the supplier''s lock for direct statements on its members, such as those of an administrator; they yield to calls of the API.';
revoke all on function wedsync_internal.direct_supplier_lock() from public;

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.supplier_members
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_supplier_lock();
comment on trigger direct_lock on wedsync_data.supplier_members is 'Keeps direct statements to the lock order.';

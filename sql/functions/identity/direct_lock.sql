create or replace function wedsync_internal.direct_lock()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The row, which comes after the wedding in the lock order, is locked already: yield instead of waiting.
    if tg_op <> 'INSERT' then
        perform wedsync_internal.lock_wedding(old.couple_id, true, false, true);
    end if;
    if tg_op <> 'DELETE' then
        perform wedsync_internal.lock_wedding(new.couple_id, true, false, true);
        return new;
    end if;
    return old;
end
$$;
comment on function wedsync_internal.direct_lock() is
'Takes the wedding''s lock for direct statements, such as those of an administrator; they yield to calls of the API.';
revoke all on function wedsync_internal.direct_lock() from public;

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.grants
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.grants is 'Keeps direct statements to the lock order.';

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.connections
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.connections is 'Keeps direct statements to the lock order.';

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.wedding_members
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.wedding_members is 'Keeps direct statements to the lock order.';

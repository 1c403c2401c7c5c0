create or replace function wedsync_internal.direct_lock()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The row is locked already, which comes after the wedding in the order: so this gives way instead of waiting.
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
'Takes the wedding''s lock for statements that are written without the API, as by an administrator, and gives way to the API''s own.';
revoke all on function wedsync_internal.direct_lock() from public;

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.grants
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.grants is 'One lock order for statements that are written without the API, too.';

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.connections
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.connections is 'One lock order for statements that are written without the API, too.';

create or replace trigger direct_lock
before insert or update or delete on wedsync_data.wedding_members
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.wedding_members is 'One lock order for statements that are written without the API, too.';


create or replace function wedsync_internal.access_lock(couple_id uuid, user_id uuid, shared boolean)
returns void
language plpgsql
volatile
as $$
begin
    if not shared and coalesce(couple_id, user_id) is null then
        -- changes that concern neither one wedding nor one user, such as the rights of a role, concern everybody
        lock table wedsync_data.access_locks in exclusive mode;
        return;
    end if;
    lock table wedsync_data.access_locks in row share mode;
    if couple_id is not null and shared then
        perform from wedsync_data.wedding_clocks as k where k.couple_id = access_lock.couple_id for key share;
    elsif couple_id is not null then
        perform wedsync_internal.lock_wedding(couple_id, true);
    end if;
    if user_id is not null then
        insert into wedsync_data.access_locks as l (user_id) values (access_lock.user_id) on conflict on constraint access_locks_pkey do nothing;
        if shared then
            perform from wedsync_data.access_locks as l where l.user_id = access_lock.user_id for key share;
        else
            perform from wedsync_data.access_locks as l where l.user_id = access_lock.user_id for update;
        end if;
    end if;
end
$$;
comment on function wedsync_internal.access_lock(uuid, uuid, boolean) is
'Serializes joins of channels (shared) and changes of access of a wedding or a user (exclusive), until the end of the transaction. The locks are rows that only the pack''s functions can access: the wedding''s row of wedding_clocks, the user''s of access_locks.';
revoke all on function wedsync_internal.access_lock(uuid, uuid, boolean) from public;

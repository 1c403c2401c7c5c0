create or replace function wedsync_internal.access_lock(couple_id uuid, user_id uuid, shared boolean)
returns void
language plpgsql
volatile
as $$
begin
    if not shared and coalesce(couple_id, user_id) is null then
        -- what concerns neither one wedding nor one person, such as the rights of a role, concerns everybody
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
'Orders joins of channels (shared) against changes of rights of a wedding or a person (exclusive), until the end of the transaction. The locks are rows that only the pack''s own functions reach: the wedding''s row of wedding_clocks, the person''s of access_locks.';
revoke all on function wedsync_internal.access_lock(uuid, uuid, boolean) from public;

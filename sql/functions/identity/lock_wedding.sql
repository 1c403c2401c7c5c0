create or replace function wedsync_internal.lock_wedding(
    couple_id uuid, changes_rights boolean default false, and_record boolean default false, gives_way boolean default false
)
returns boolean
language plpgsql
volatile
as $$
declare
    highest constant text := coalesce(current_setting('wedsync.highest_wedding', true), '');
    may_not_wait constant boolean := gives_way or couple_id::text collate "C" < highest;
    locked boolean;
    looks integer := 0;
    most_looks constant integer := case when gives_way then 120 else 20 end;
begin
    loop
        locked := true;
        if and_record then
            perform from wedsync_data.core_fields as f where f.couple_id = lock_wedding.couple_id for no key update skip locked;
            locked := found or not exists (select from wedsync_data.core_fields as f where f.couple_id = lock_wedding.couple_id);
        end if;
        if locked and changes_rights then
            perform from wedsync_data.wedding_clocks as k where k.couple_id = lock_wedding.couple_id for update skip locked;
        elsif locked then
            -- joins of channels hold only a key share lock: writers do not block them
            perform from wedsync_data.wedding_clocks as k where k.couple_id = lock_wedding.couple_id for no key update skip locked;
        end if;
        locked := locked and (found or not exists (select from wedsync_data.wedding_clocks as k where k.couple_id = lock_wedding.couple_id));
        exit when locked or not may_not_wait;
        -- A transaction that holds a lock that comes later in the order must not wait here: it polls every 25 ms.
        looks := looks + 1;
        if looks > most_looks then
            perform wedsync_internal.fail(
                'state_conflict', '{"rule": "the wedding is being changed by another transaction: try again"}',
                'Repeat the transaction. Take several weddings in the order of couple_id, or one in each transaction.'
            );
        end if;
        perform pg_catalog.pg_sleep(0.025);
    end loop;
    if not locked then
        if and_record then
            perform from wedsync_data.core_fields as f where f.couple_id = lock_wedding.couple_id for no key update;
        end if;
        if changes_rights then
            perform from wedsync_data.wedding_clocks as k where k.couple_id = lock_wedding.couple_id for update;
        else
            perform from wedsync_data.wedding_clocks as k where k.couple_id = lock_wedding.couple_id for no key update;
        end if;
    end if;
    if highest = '' or couple_id::text collate "C" > highest then
        perform set_config('wedsync.highest_wedding', couple_id::text, true);
    end if;
    return looks > 0 or not locked;
end
$$;
comment on function wedsync_internal.lock_wedding(uuid, boolean, boolean, boolean) is
'Takes the lock of a wedding, its row of wedding_clocks, until the end of the transaction, and returns whether it had to wait: rights have to be checked again then
changes_rights also blocks joins of channels; and_record locks the row of core_fields first, as an UPDATE of that table does. Lock several weddings in the order of their ids; out of order it gives up with state_conflict after half a second, with gives_way after three, so that transactions do not deadlock.';
revoke all on function wedsync_internal.lock_wedding(uuid, boolean, boolean, boolean) from public;

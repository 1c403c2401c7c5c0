create or replace function wedsync_internal.prune_reach()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
    pruned integer;
begin
    -- a day later, because open transactions use the time at which they started
    delete from wedsync_data.reach as r
    using (
        select o.couple_id, o.user_id, o.valid_from from wedsync_data.reach as o
        where o.valid_until < now() - interval '1 day' order by o.valid_until limit 10000 for update skip locked
    ) as past
    where r.couple_id = past.couple_id and r.user_id = past.user_id and r.valid_from = past.valid_from;
    get diagnostics pruned = row_count;
    -- there are few masks, and deleting one briefly blocks all changes of access
    if (select count(*) from wedsync_data.visibility_masks) > 1000 + 2 * (select count(distinct r.mask_id) from wedsync_data.reach as r) then
        perform wedsync_internal.access_lock(null, null, false);
        delete from wedsync_data.visibility_masks as m
        where not m.sees_all and not exists (select from wedsync_data.reach as r where r.mask_id = m.id);
    end if;
    return pruned;
end
$$;
comment on function wedsync_internal.prune_reach() is
'Deletes rows of reach that ended more than a day ago, at most 10,000 at a time, and returns their number. Unused masks are deleted once there are many.';
revoke all on function wedsync_internal.prune_reach() from public;
grant execute on function wedsync_internal.prune_reach() to wedsync_worker, wedsync_admin;

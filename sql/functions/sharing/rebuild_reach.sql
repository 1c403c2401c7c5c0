create or replace function wedsync_internal.rebuild_reach()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    user_ids uuid[];
    couple_ids uuid[];
begin
    perform wedsync_internal.lock_subscriptions(null, null);
    perform wedsync_internal.refresh_visibility_masks();
    select array_agg(p.user_id), array_agg(p.couple_id) into user_ids, couple_ids from wedsync_internal.reach_pairs() as p;
    perform wedsync_internal.refresh_reach(user_ids, couple_ids);
end
$$;
comment on function wedsync_internal.rebuild_reach() is
'Rebuilds reach completely: after rows were written with triggers disabled, or when wedsync verify reports differences. Changes of access wait until it is done.';
revoke all on function wedsync_internal.rebuild_reach() from public;
grant execute on function wedsync_internal.rebuild_reach() to wedsync_admin;

-- rows from before the triggers, which exist by now
select wedsync_internal.rebuild_reach()
from unnest(array[
    'wedsync_internal.reach_follows_weddings'::regproc, 'wedsync_internal.reach_follows_members'::regproc, 'wedsync_internal.reach_follows_grants'::regproc,
    'wedsync_internal.reach_follows_staff'::regproc, 'wedsync_internal.reach_follows_roles'::regproc
]) as standing (trigger_function)
having count(*) = 5;

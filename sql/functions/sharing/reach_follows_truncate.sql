create or replace function wedsync_internal.reach_follows_truncate()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- TRUNCATE fires no row triggers and names no rows
    perform wedsync_internal.rebuild_reach();
    return null;
end
$$;
comment on function wedsync_internal.reach_follows_truncate() is 'Recomputes reach when one of its source tables is truncated.';
revoke all on function wedsync_internal.reach_follows_truncate() from public;

create or replace trigger reach_follows_truncate
after truncate on wedsync_data.weddings
for each statement execute function wedsync_internal.reach_follows_truncate();
comment on trigger reach_follows_truncate on wedsync_data.weddings is 'Recomputes reach after a TRUNCATE.';

create or replace trigger reach_follows_truncate
after truncate on wedsync_data.wedding_members
for each statement execute function wedsync_internal.reach_follows_truncate();
comment on trigger reach_follows_truncate on wedsync_data.wedding_members is 'Recomputes reach after a TRUNCATE.';

create or replace trigger reach_follows_truncate
after truncate on wedsync_data.grants
for each statement execute function wedsync_internal.reach_follows_truncate();
comment on trigger reach_follows_truncate on wedsync_data.grants is 'Recomputes reach after a TRUNCATE.';

create or replace trigger reach_follows_truncate
after truncate on wedsync_data.supplier_members
for each statement execute function wedsync_internal.reach_follows_truncate();
comment on trigger reach_follows_truncate on wedsync_data.supplier_members is 'Recomputes reach after a TRUNCATE.';

create or replace function wedsync_internal.dependencies_follow_items()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update wedsync_data.timeline_items as i
    set depends_on = array(select d.id from unnest(i.depends_on) with ordinality as d (id, n) where d.id not in (select b.id from before_rows as b) order by d.n)
    where exists (select from before_rows as b where b.couple_id = i.couple_id and b.id = any (i.depends_on));
    return null;
end
$$;
comment on function wedsync_internal.dependencies_follow_items() is 'Removes deleted timeline items from the dependencies of others.';
revoke all on function wedsync_internal.dependencies_follow_items() from public;

create or replace trigger remove_dependencies after delete on wedsync_data.timeline_items
referencing old table as before_rows for each statement execute function wedsync_internal.dependencies_follow_items();
comment on trigger remove_dependencies on wedsync_data.timeline_items is 'Removes deleted items from the dependencies of others.';

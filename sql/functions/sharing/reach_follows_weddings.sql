create or replace function wedsync_internal.reach_follows_weddings()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        delete from wedsync_data.reach as r using before_rows as b where r.couple_id = b.id;
    else
        perform wedsync_internal.refresh_reach(array_agg(wedsync_internal.server_reader()), array_agg(a.id)) from after_rows as a;
    end if;
    return null;
end
$$;
comment on function wedsync_internal.reach_follows_weddings() is 'Adds new weddings to the reach of trusted server roles, and removes deleted ones from everybody''s.';
revoke all on function wedsync_internal.reach_follows_weddings() from public;

create or replace trigger reach_follows_insert
after insert on wedsync_data.weddings
referencing new table as after_rows
for each statement execute function wedsync_internal.reach_follows_weddings();
comment on trigger reach_follows_insert on wedsync_data.weddings is 'Adds new weddings to the reach of servers.';

create or replace trigger reach_follows_delete
after delete on wedsync_data.weddings
referencing old table as before_rows
for each statement execute function wedsync_internal.reach_follows_weddings();
comment on trigger reach_follows_delete on wedsync_data.weddings is 'Removes deleted weddings from reach.';

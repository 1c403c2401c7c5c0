create or replace function wedsync_internal.purge_wedding_events()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from wedsync_data.events as e where e.couple_id = old.id and e.class <> 'purge';
    return null;
end
$$;
comment on function wedsync_internal.purge_wedding_events() is
'Runs after a wedding was deleted: deletes its events, except those that announce the deletion. The audit log is kept.';
revoke all on function wedsync_internal.purge_wedding_events() from public;

-- fires after the cascades, whose triggers sort before it by name
create or replace trigger purge_wedding_events
after delete on wedsync_data.weddings
for each row execute function wedsync_internal.purge_wedding_events();
comment on trigger purge_wedding_events on wedsync_data.weddings is 'Removes the events of a deleted wedding.';

create or replace function wedsync_internal.notifications_are_complete()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- the first row pushes all; for the others nothing is left
    perform wedsync_internal.push_notifications();
    return null;
end
$$;
comment on function wedsync_internal.notifications_are_complete() is 'Broadcasts the notifications of a transaction when it commits.';
revoke all on function wedsync_internal.notifications_are_complete() from public;
drop trigger if exists notifications_are_complete on wedsync_data.unpushed_notifications;
create constraint trigger notifications_are_complete
after insert on wedsync_data.unpushed_notifications
deferrable initially deferred
for each row execute function wedsync_internal.notifications_are_complete();
comment on trigger notifications_are_complete on wedsync_data.unpushed_notifications is 'Broadcasts the notifications of the transaction when it commits.';

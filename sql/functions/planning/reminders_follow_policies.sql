create or replace function wedsync_internal.reminders_follow_policies()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wedding uuid;
begin
    for wedding in select distinct c.couple_id from changed_rows as c order by 1 loop
        perform wedsync_internal.plan_task_reminders(wedding);
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.reminders_follow_policies() is 'Plans the reminders of a wedding again when its policies change.';
revoke all on function wedsync_internal.reminders_follow_policies() from public;

create or replace trigger reminders_of_inserted after insert on wedsync_data.task_reminder_policies
referencing new table as changed_rows for each statement execute function wedsync_internal.reminders_follow_policies();
comment on trigger reminders_of_inserted on wedsync_data.task_reminder_policies is 'Plans the reminders of the wedding again.';
create or replace trigger reminders_of_updated after update on wedsync_data.task_reminder_policies
referencing new table as changed_rows for each statement execute function wedsync_internal.reminders_follow_policies();
comment on trigger reminders_of_updated on wedsync_data.task_reminder_policies is 'Plans the reminders of the wedding again.';
create or replace trigger reminders_of_deleted after delete on wedsync_data.task_reminder_policies
referencing old table as changed_rows for each statement execute function wedsync_internal.reminders_follow_policies();
comment on trigger reminders_of_deleted on wedsync_data.task_reminder_policies is 'Plans the reminders of the wedding again.';

create or replace function wedsync_internal.reminders_follow_tasks()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed record;
begin
    if tg_op = 'INSERT' then
        for changed in
            select a.couple_id, array_agg(a.id) as ids from after_rows as a where a.due_on is not null group by a.couple_id order by a.couple_id
        loop
            perform wedsync_internal.plan_task_reminders(changed.couple_id, changed.ids);
        end loop;
    else
        for changed in
            select a.couple_id, array_agg(a.id) as ids
            from after_rows as a
            join before_rows as b on b.couple_id = a.couple_id and b.id = a.id
            where (a.due_on, a.due_at, a.time_zone, a.priority, a.status) is distinct from (b.due_on, b.due_at, b.time_zone, b.priority, b.status)
            group by a.couple_id order by a.couple_id
        loop
            perform wedsync_internal.plan_task_reminders(changed.couple_id, changed.ids);
        end loop;
    end if;
    return null;
end
$$;
comment on function wedsync_internal.reminders_follow_tasks() is 'Plans reminders again when due dates, priorities or statuses of tasks change.';
revoke all on function wedsync_internal.reminders_follow_tasks() from public;

create or replace trigger reminders_of_inserted after insert on wedsync_data.tasks
referencing new table as after_rows for each statement execute function wedsync_internal.reminders_follow_tasks();
comment on trigger reminders_of_inserted on wedsync_data.tasks is 'Plans the reminders of new tasks.';
create or replace trigger reminders_of_updated after update on wedsync_data.tasks
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.reminders_follow_tasks();
comment on trigger reminders_of_updated on wedsync_data.tasks is 'Plans reminders again when a task changes.';

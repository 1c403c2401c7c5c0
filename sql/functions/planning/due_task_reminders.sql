create or replace function wedsync_internal.due_task_reminders(at timestamptz default now())
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    weddings uuid[];
    wedding uuid;
    reminder record;
    sent integer := 0;
begin
    -- A wedding's lock makes its reminders this job's alone. All are taken first: whoever tells a supplier holds the clock of its channel,
    -- for which others wait with the lock of a wedding.
    weddings := array(
        select distinct r.couple_id from wedsync_data.task_reminders as r where r.sent_at is null and r.remind_at <= at order by 1 limit 100
    );
    foreach wedding in array weddings loop
        perform wedsync_internal.lock_wedding(wedding);
    end loop;
    foreach wedding in array weddings loop
        for reminder in
            select t as task, r.minutes_before, r.remind_at,
                row_number() over (partition by r.task_id order by r.minutes_before) > 1 as is_skipped
            from wedsync_data.task_reminders as r
            join wedsync_data.tasks as t on t.couple_id = r.couple_id and t.id = r.task_id
            where r.couple_id = wedding and r.sent_at is null and r.remind_at <= at and t.status in ('open', 'accepted')
            order by r.remind_at, r.task_id, r.minutes_before
        loop
            update wedsync_data.task_reminders as r set sent_at = pg_catalog.clock_timestamp(), is_skipped = reminder.is_skipped
            where r.couple_id = wedding and r.task_id = (reminder.task).id and r.minutes_before = reminder.minutes_before;
            if not reminder.is_skipped then
                perform wedsync_internal.notify(
                    wedding, 'task_reminder',
                    pg_catalog.jsonb_build_object(
                        'task_id', (reminder.task).id, 'task', (reminder.task).title, 'due', wedsync_internal.task_due_text(reminder.task),
                        'minutes_before', reminder.minutes_before
                    ),
                    wedsync_internal.task_audience(reminder.task),
                    format('task %s %s', (reminder.task).id, to_char(reminder.remind_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'))
                );
                sent := sent + 1;
            end if;
        end loop;
    end loop;
    return sent;
end
$$;
comment on function wedsync_internal.due_task_reminders(timestamptz) is
'Sends the reminders of open and accepted tasks that are due and returns their number: to the assignee, or to partners and planners if there is none. Of several reminders of a task that are due together, only the last is sent. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.due_task_reminders(timestamptz) from public;

create or replace function wedsync_internal.task_reminder_time(task wedsync_data.tasks, minutes_before integer)
returns timestamptz
language sql
stable
as $$
    -- whole days are counted on the local clock, so that a reminder keeps its time of day across a change of the clocks
    select (
        coalesce(
            task.due_at at time zone task.time_zone,
            task.due_on + make_interval(hours => wedsync_internal.setting_limit('task_reminder_hour'))
        ) - make_interval(days => minutes_before / 1440)
    ) at time zone task.time_zone - make_interval(mins => minutes_before % 1440)
$$;
comment on function wedsync_internal.task_reminder_time(wedsync_data.tasks, integer) is
'When to remind of a task, so many minutes before it is due; null if it has no due date.';
revoke all on function wedsync_internal.task_reminder_time(wedsync_data.tasks, integer) from public;

create or replace function wedsync_internal.task_reminder_time(task wedsync_data.tasks, minutes_before integer)
returns timestamptz
language sql
stable
return case
    -- the local time of the moment may be that of another, an hour later
    when task.due_at is not null and minutes_before < 1440 then task.due_at - make_interval(mins => minutes_before)
    -- whole days are counted on the local clock, so that a reminder keeps its time of day across a change of the clocks
    else wedsync_internal.instant_on_clocks(to_char(
        coalesce(
            task.due_at at time zone task.time_zone,
            task.due_on + make_interval(hours => wedsync_internal.setting_limit('task_reminder_hour'))
        ) - make_interval(days => minutes_before / 1440), 'YYYY-MM-DD HH24:MI:SS.US'
    ), task.time_zone) - make_interval(mins => minutes_before % 1440)
end;
comment on function wedsync_internal.task_reminder_time(wedsync_data.tasks, integer) is
'When to remind of a task, so many minutes before it is due; null if it has no due date.';
revoke all on function wedsync_internal.task_reminder_time(wedsync_data.tasks, integer) from public;

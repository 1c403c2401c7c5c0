create or replace function wedsync_internal.task_due_text(task wedsync_data.tasks)
returns text
language sql
stable
as $$
    select coalesce(to_char(task.due_at at time zone task.time_zone, 'YYYY-MM-DD HH24:MI'), to_char(task.due_on, 'YYYY-MM-DD'), '–')
$$;
comment on function wedsync_internal.task_due_text(wedsync_data.tasks) is 'When a task is due, on local clocks, for texts in any language.';
revoke all on function wedsync_internal.task_due_text(wedsync_data.tasks) from public;

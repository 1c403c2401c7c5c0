create or replace function wedsync_internal.task_state(task wedsync_data.tasks)
returns jsonb
language sql
immutable
parallel safe
return pg_catalog.jsonb_build_object(
    'task_id', task.id, 'title', task.title, 'status', task.status, 'due_on', task.due_on, 'due_at', task.due_at, 'time_zone', task.time_zone,
    'answered_at', task.answered_at, 'answer_note', task.answer_note, 'completed_at', task.completed_at
);
comment on function wedsync_internal.task_state(wedsync_data.tasks) is 'What the functions that change a task return.';
revoke all on function wedsync_internal.task_state(wedsync_data.tasks) from public;

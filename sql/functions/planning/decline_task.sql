create or replace function wedsync.decline_task(couple_id uuid, task_id uuid, note text default null)
returns jsonb
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.answer_as_assignee($1, $2, 'declined', $3)
$$;
comment on function wedsync.decline_task(uuid, uuid, text) is
'Declines a task that is assigned to the caller, or to the caller''s supplier
Whoever assigned it is told, with the note. Returns {task_id, title, status, due_on, due_at, time_zone, answered_at, answer_note, completed_at}. Errors: not_signed_in and not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.decline_task(uuid, uuid, text) from public;
grant execute on function wedsync.decline_task(uuid, uuid, text) to authenticated, service_role, wedsync_admin;

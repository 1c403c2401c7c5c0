create or replace function wedsync.complete_task(couple_id uuid, task_id uuid, note text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    opened record;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    opened := wedsync_internal.open_task(couple_id, task_id);
    if not opened.is_assignee then
        perform wedsync_internal.require_task_writer(opened.may_write);
    end if;
    return wedsync_internal.task_answer(opened.task, 'done', note, wedsync_internal.display_name_of_caller());
end
$$;
comment on function wedsync.complete_task(uuid, uuid, text) is
'Marks a task as done, as its assignee or with the right to write tasks
Its reminders end. Returns {task_id, title, status, due_on, due_at, time_zone, answered_at, answer_note, completed_at}. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.complete_task(uuid, uuid, text) from public;
grant execute on function wedsync.complete_task(uuid, uuid, text) to authenticated, service_role, wedsync_admin;

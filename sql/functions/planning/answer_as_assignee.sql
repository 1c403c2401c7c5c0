create or replace function wedsync_internal.answer_as_assignee(couple_id uuid, task_id uuid, answer text, note text)
returns jsonb
language plpgsql
volatile
as $$
declare
    opened record;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    opened := wedsync_internal.open_task(couple_id, task_id);
    if not opened.is_assignee then
        perform wedsync_internal.fail('not_allowed', '{"rule": "only the assignee answers"}', 'Assign the task to yourself first.');
    end if;
    return wedsync_internal.task_answer(opened.task, answer, note, wedsync_internal.display_name_of_caller());
end
$$;
comment on function wedsync_internal.answer_as_assignee(uuid, uuid, text, text) is 'Common body of accept_task and decline_task, for the assignee of a task.';
revoke all on function wedsync_internal.answer_as_assignee(uuid, uuid, text, text) from public;

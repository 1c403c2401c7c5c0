create or replace function wedsync_internal.task_answer(task wedsync_data.tasks, answer text, note text, answered_by text)
returns jsonb
language plpgsql
volatile
as $$
declare
    changed wedsync_data.tasks;
begin
    if length(note) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "note", "rule": "at most 1000 characters"}');
    end if;
    if note ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "note", "rule": "no control characters"}');
    end if;
    if task.status in ('done', 'cancelled') and task.status <> answer then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'the task is ' || task.status, 'status', task.status));
    end if;
    update wedsync_data.tasks as t set status = answer, answer_note = coalesce(nullif(note, ''), t.answer_note)
    where t.couple_id = task.couple_id and t.id = task.id
    returning t.* into changed;
    if changed.status <> task.status and changed.assigned_by is distinct from wedsync_internal.current_user_id() then
        perform wedsync_internal.notify(
            changed.couple_id, 'task_answered',
            pg_catalog.jsonb_build_object(
                'task_id', changed.id, 'task', changed.title, 'who', coalesce(answered_by, '–'), 'answer', changed.status, 'note', changed.answer_note
            ),
            case when changed.assigned_by is not null then pg_catalog.jsonb_build_object('users', array[changed.assigned_by]) end,
            format('task %s %s', changed.id, changed.version_number)
        );
    end if;
    return wedsync_internal.task_state(changed);
end
$$;
comment on function wedsync_internal.task_answer(wedsync_data.tasks, text, text, text) is
'Stores the answer to a task, a status, tells whoever assigned it, and returns its state. Repeating an answer changes nothing.';
revoke all on function wedsync_internal.task_answer(wedsync_data.tasks, text, text, text) from public;

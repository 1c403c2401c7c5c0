create or replace function wedsync_internal.set_task_status(couple_id uuid, task_id uuid, status text)
returns jsonb
language plpgsql
volatile
as $$
declare
    opened record;
    changed wedsync_data.tasks;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    opened := wedsync_internal.open_task(couple_id, task_id);
    perform wedsync_internal.require_task_writer(opened.may_write);
    update wedsync_data.tasks as t set status = set_task_status.status
    where t.couple_id = set_task_status.couple_id and t.id = set_task_status.task_id
    returning t.* into changed;
    return wedsync_internal.task_state(changed);
end
$$;
comment on function wedsync_internal.set_task_status(uuid, uuid, text) is 'Common body of cancel_task and reopen_task, for callers who may write tasks.';
revoke all on function wedsync_internal.set_task_status(uuid, uuid, text) from public;

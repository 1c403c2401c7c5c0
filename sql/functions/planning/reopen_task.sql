create or replace function wedsync.reopen_task(couple_id uuid, task_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    opened record;
    changed wedsync_data.tasks;
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    opened := wedsync_internal.open_task(couple_id, task_id);
    perform wedsync_internal.require_task_writer(opened.may_write);
    update wedsync_data.tasks as t set status = 'open'
    where t.couple_id = reopen_task.couple_id and t.id = reopen_task.task_id
    returning t.* into changed;
    return wedsync_internal.task_state(changed);
end
$$;
comment on function wedsync.reopen_task(uuid, uuid) is
'Opens a task again that was done, cancelled or declined
Its assignee stays. Needs the right to write tasks. Returns the same as complete_task. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.reopen_task(uuid, uuid) from public;
grant execute on function wedsync.reopen_task(uuid, uuid) to authenticated, service_role, wedsync_admin;

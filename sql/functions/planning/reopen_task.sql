create or replace function wedsync.reopen_task(couple_id uuid, task_id uuid)
returns jsonb
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.set_task_status($1, $2, 'open')
$$;
comment on function wedsync.reopen_task(uuid, uuid) is
'Opens a task again that was done, cancelled or declined
Its assignee stays. Needs the right to write tasks. Returns the same as complete_task. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.reopen_task(uuid, uuid) from public;
grant execute on function wedsync.reopen_task(uuid, uuid) to authenticated, service_role, wedsync_admin;

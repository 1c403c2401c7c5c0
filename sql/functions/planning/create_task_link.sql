create or replace function wedsync.create_task_link(couple_id uuid, task_id uuid, valid_until timestamptz default null)
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
    perform wedsync_internal.require_task_writer(opened.may_write);
    if (opened.task).assignee_contact is null then
        perform wedsync_internal.fail('state_conflict', '{"rule": "links are for tasks of helpers without a login"}', 'Call assign_task with contact_id first.');
    end if;
    return wedsync_internal.issue_task_link(opened.task, valid_until);
end
$$;
comment on function wedsync.create_task_link(uuid, uuid, timestamptz) is
'Creates a new link to a task that is assigned to a helper without a login; earlier ones end
Returns {token, valid_until}, once: only a hash is stored. Valid for the days of the setting task_link_days unless given. Needs the right to write tasks. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.create_task_link(uuid, uuid, timestamptz) from public;
grant execute on function wedsync.create_task_link(uuid, uuid, timestamptz) to authenticated, service_role, wedsync_admin;

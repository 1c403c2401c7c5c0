create or replace function wedsync.revoke_task_link(couple_id uuid, task_id uuid)
returns integer
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
    return wedsync_internal.revoke_task_links(couple_id, task_id);
end
$$;
comment on function wedsync.revoke_task_link(uuid, uuid) is
'Ends the link to a task
Returns how many were valid, 0 or 1. Needs the right to write tasks. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.revoke_task_link(uuid, uuid) from public;
grant execute on function wedsync.revoke_task_link(uuid, uuid) to authenticated, service_role, wedsync_admin;

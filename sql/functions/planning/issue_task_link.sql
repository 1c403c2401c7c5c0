create or replace function wedsync_internal.issue_task_link(task wedsync_data.tasks, valid_until timestamptz)
returns jsonb
language plpgsql
volatile
as $$
declare
    secret constant text := wedsync_internal.new_token('wtl_');
    ends constant timestamptz := coalesce(valid_until, now() + make_interval(days => wedsync_internal.setting_limit('task_link_days')));
begin
    if ends <= now() or ends > now() + interval '1 year' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "valid_until", "rule": "in the future, at most a year ahead"}');
    end if;
    perform wedsync_internal.revoke_task_links(task.couple_id, task.id);
    insert into wedsync_data.task_links (couple_id, token_hash, task_id, contact_id, created_by, valid_until)
    values (task.couple_id, pg_catalog.sha256(convert_to(secret, 'UTF8')), task.id, task.assignee_contact, wedsync_internal.current_user_id(), ends);
    return pg_catalog.jsonb_build_object('token', secret, 'valid_until', ends);
end
$$;
comment on function wedsync_internal.issue_task_link(wedsync_data.tasks, timestamptz) is
'Creates the link to a task of a helper, ends earlier ones, and returns {token, valid_until}. The token is stored nowhere.';
revoke all on function wedsync_internal.issue_task_link(wedsync_data.tasks, timestamptz) from public;

create or replace function wedsync.view_task_by_link(token text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    opened record;
begin
    perform wedsync_internal.count_link_request('task-link', token);
    perform wedsync_internal.require_given('{token}', array[token is not null]);
    opened := wedsync_internal.open_task_link(token);
    return wedsync_internal.task_state(opened.task)
        || pg_catalog.jsonb_build_object('notes', (opened.task).notes, 'helper', opened.helper);
end
$$;
comment on function wedsync.view_task_by_link(text) is
'Shows a helper without a login the task behind a link, and nothing else of the wedding
Returns {task_id, title, notes, helper, status, due_on, due_at, time_zone, answered_at, answer_note, completed_at}. Needs no sign-in. Errors: not_found (PT404) for every link that is not valid, invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.view_task_by_link(text) from public;
grant execute on function wedsync.view_task_by_link(text) to anon, authenticated, service_role, wedsync_admin;

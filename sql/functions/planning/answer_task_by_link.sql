create or replace function wedsync.answer_task_by_link(token text, answer text, note text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    opened record;
    answered jsonb;
begin
    perform wedsync_internal.count_link_request('task-link', token);
    perform wedsync_internal.require_given('{token,answer}', array[token is not null, answer is not null]);
    if answer not in ('accepted', 'declined', 'done') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "answer", "rule": "accepted, declined or done"}');
    end if;
    opened := wedsync_internal.open_task_link(token);
    perform set_config('wedsync.change_reason', 'Answered by link', true);
    answered := wedsync_internal.task_answer(opened.task, answer, note, opened.helper);
    perform set_config('wedsync.change_reason', '', true);
    return answered || pg_catalog.jsonb_build_object('helper', opened.helper);
end
$$;
comment on function wedsync.answer_task_by_link(text, text, text) is
'Answers the task behind a link: accepted, declined or done, with a note of at most 1000 characters
Whoever assigned it is told. Needs no sign-in. Returns the same as view_task_by_link, without notes. Errors: not_found (PT404) for every link that is not valid, state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.answer_task_by_link(text, text, text) from public;
grant execute on function wedsync.answer_task_by_link(text, text, text) to anon, authenticated, service_role, wedsync_admin;

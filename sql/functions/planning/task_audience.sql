create or replace function wedsync_internal.task_audience(task wedsync_data.tasks)
returns jsonb
language sql
immutable
parallel safe
return case
    when task.assignee_user is not null then pg_catalog.jsonb_build_object('users', array[task.assignee_user])
    when task.assignee_supplier is not null then pg_catalog.jsonb_build_object('suppliers', array[task.assignee_supplier])
    when task.assignee_contact is not null then pg_catalog.jsonb_build_object('contacts', array[task.assignee_contact])
    else '{"roles": ["partner", "planner"]}'::jsonb
end;
comment on function wedsync_internal.task_audience(wedsync_data.tasks) is
'Who is told about a task, in the form of notify: its assignee, or partners and planners if there is none.';
revoke all on function wedsync_internal.task_audience(wedsync_data.tasks) from public;

create or replace function wedsync_internal.task_audience(assignee_user uuid, assignee_supplier uuid, assignee_contact uuid)
returns jsonb
language sql
immutable
parallel safe
return case
    when assignee_user is not null then pg_catalog.jsonb_build_object('users', array[assignee_user])
    when assignee_supplier is not null then pg_catalog.jsonb_build_object('suppliers', array[assignee_supplier])
    when assignee_contact is not null then pg_catalog.jsonb_build_object('contacts', array[assignee_contact])
    else '{"roles": ["partner", "planner"]}'::jsonb
end;
comment on function wedsync_internal.task_audience(uuid, uuid, uuid) is
'Who is told about a task, in the form of notify: its assignee, or partners and planners if there is none.';
revoke all on function wedsync_internal.task_audience(uuid, uuid, uuid) from public;

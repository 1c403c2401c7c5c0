create or replace function wedsync_internal.open_task(
    couple_id uuid, task_id uuid, out task wedsync_data.tasks, out may_write boolean, out is_assignee boolean
)
language plpgsql
volatile
as $$
declare
    access record;
begin
    perform wedsync_internal.require_given('{couple_id,task_id}', array[couple_id is not null, task_id is not null]);
    perform wedsync_internal.require_caller();
    access := wedsync_internal.open_rows(couple_id);
    select t.* into task from wedsync_data.tasks as t where t.couple_id = open_task.couple_id and t.id = open_task.task_id for no key update;
    may_write := wedsync_internal.covers_right(access.writable, 'tasks');
    is_assignee := exists (
        select from wedsync_internal.caller_access as a
        where a.couple_id = open_task.couple_id
            and (a.wedding_role is not null and task.assignee_user = wedsync_internal.current_user_id() or task.assignee_supplier = any (a.supplier_ids))
    );
    if task.id is null or not (is_assignee or wedsync_internal.covers_right(access.readable, 'tasks')) then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync_internal.open_task(uuid, uuid) is
'Common start of changing a task: the wedding''s lock, the task, and whether the caller may write tasks and is its assignee. Whoever may neither read tasks nor is the assignee gets not_found.';
revoke all on function wedsync_internal.open_task(uuid, uuid) from public;

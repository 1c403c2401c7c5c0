create or replace view wedsync.my_tasks
with (security_barrier = true, security_invoker = false) as
select
    t.couple_id, t.id, t.title, t.notes, t.due_on, t.due_at, t.time_zone, t.priority, t.status, t.assignee_supplier, t.assigned_by, t.answered_at, t.answer_note,
    t.completed_at
from wedsync_data.reach as r
join wedsync_data.tasks as t on t.couple_id = r.couple_id
where r.user_id = (select wedsync_internal.current_user_id()) and r.valid_from <= now() and r.valid_until > now()
    and (r.wedding_role is not null and t.assignee_user = r.user_id or t.assignee_supplier = any (r.supplier_ids))
    -- the conditions again, because a plan may evaluate them later
    and case
        when r.by_grant and current_user <> 'wedsync_owner' and t.couple_id = r.couple_id and t.assignee_supplier = any (r.supplier_ids)
            then wedsync_internal.log_view_read(t.couple_id, 'tasks')
        else true
    end;
comment on view wedsync.my_tasks is 'Tasks assigned to the caller, or to the caller''s suppliers
Assignees see their tasks even if they may not read the others.';
comment on column wedsync.my_tasks.couple_id is 'The wedding.';
comment on column wedsync.my_tasks.id is 'The task, for accept_task, decline_task and complete_task.';
comment on column wedsync.my_tasks.title is 'What is to be done.';
comment on column wedsync.my_tasks.notes is 'Details.';
comment on column wedsync.my_tasks.due_on is 'Day on which it is due, in time_zone.';
comment on column wedsync.my_tasks.due_at is 'Moment at which it is due; null if it is due in the course of due_on.';
comment on column wedsync.my_tasks.time_zone is 'IANA zone of due_on.';
comment on column wedsync.my_tasks.priority is 'low, normal or high.';
comment on column wedsync.my_tasks.status is 'open, accepted, declined, done or cancelled.';
comment on column wedsync.my_tasks.assignee_supplier is 'The caller''s supplier, if the task is assigned to a supplier.';
comment on column wedsync.my_tasks.assigned_by is 'User who assigned it.';
comment on column wedsync.my_tasks.answered_at is 'When it was accepted or declined.';
comment on column wedsync.my_tasks.answer_note is 'What the assignee wrote.';
comment on column wedsync.my_tasks.completed_at is 'When it was done.';
revoke all on wedsync.my_tasks from public;
grant select on wedsync.my_tasks to authenticated;

create or replace function wedsync_internal.plan_task_reminders(couple_id uuid, task_ids uuid[] default null)
returns void
language plpgsql
volatile
as $$
begin
    delete from wedsync_data.task_reminders as r
    where r.couple_id = plan_task_reminders.couple_id and (task_ids is null or r.task_id = any (task_ids)) and not exists (
        select from wedsync_internal.wanted_task_reminders(plan_task_reminders.couple_id, task_ids) as w
        where w.task_id = r.task_id and w.minutes_before = r.minutes_before and w.remind_at = r.remind_at
    );
    insert into wedsync_data.task_reminders (couple_id, task_id, minutes_before, remind_at)
    select plan_task_reminders.couple_id, w.task_id, w.minutes_before, w.remind_at
    from wedsync_internal.wanted_task_reminders(plan_task_reminders.couple_id, task_ids) as w
    where w.remind_at > now()
    on conflict on constraint task_reminders_pkey do nothing;
end
$$;
comment on function wedsync_internal.plan_task_reminders(uuid, uuid[]) is
'Brings the reminders of these tasks of a wedding, or of all, in line with due dates and policies. Moments in the past are left out; a reminder that was sent is sent again only if the due date moves.';
revoke all on function wedsync_internal.plan_task_reminders(uuid, uuid[]) from public;

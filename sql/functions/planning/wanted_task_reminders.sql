create or replace function wedsync_internal.wanted_task_reminders(couple_id uuid, task_ids uuid[] default null)
returns table (task_id uuid, minutes_before integer, remind_at timestamptz)
language sql
stable
as $$
    select t.id, m.minutes_before, wedsync_internal.task_reminder_time(t, m.minutes_before)
    from wedsync_data.tasks as t
    cross join lateral (
        select p.minutes_before from wedsync_data.task_reminder_policies as p
        where p.couple_id = t.couple_id and p.is_active and (p.priority is null or p.priority = t.priority)
        union
        select d.minutes_before from wedsync_data.task_reminder_defaults as d
        where not exists (select from wedsync_data.task_reminder_policies as p where p.couple_id = t.couple_id)
    ) as m
    where t.couple_id = $1 and ($2 is null or t.id = any ($2)) and t.status in ('open', 'accepted') and t.due_on is not null
$$;
comment on function wedsync_internal.wanted_task_reminders(uuid, uuid[]) is
'The reminders that due dates and policies give these tasks of a wedding, or all of them.';
revoke all on function wedsync_internal.wanted_task_reminders(uuid, uuid[]) from public;

create or replace function wedsync_internal.validate_task_reminder_policies(
    op text, old_record wedsync_data.task_reminder_policies, new_record wedsync_data.task_reminder_policies
)
returns jsonb
language sql
stable
as $$
    select case when new_record.priority not in ('low', 'normal', 'high')
        then '[{"path": "taskReminders.priority", "rule": "low_normal_or_high"}]'::jsonb else '[]' end
$$;
comment on function wedsync_internal.validate_task_reminder_policies(text, wedsync_data.task_reminder_policies, wedsync_data.task_reminder_policies) is
'Hook of the record engine: rules of reminders in addition to those of the catalogue. Returns an array of {path, rule}.';
revoke all on function wedsync_internal.validate_task_reminder_policies(text, wedsync_data.task_reminder_policies, wedsync_data.task_reminder_policies) from public;

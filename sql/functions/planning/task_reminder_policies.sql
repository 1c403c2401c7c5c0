-- uses: wedsync_internal.validate_task_reminder_policies
-- provides: wedsync.task_reminder_policies, wedsync.delete_task_reminder_policies
select wedsync_internal.build_record('task_reminder_policies');

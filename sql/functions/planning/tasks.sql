-- uses: wedsync_internal.derive_tasks, wedsync_internal.validate_tasks
-- provides: wedsync.tasks, wedsync.delete_tasks
select wedsync_internal.build_record('tasks');

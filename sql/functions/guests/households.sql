-- provides: wedsync.households, wedsync.delete_households
select wedsync_internal.build_record('households');

-- provides: wedsync.meal_options, wedsync.delete_meal_options
select wedsync_internal.build_record('meal_options');

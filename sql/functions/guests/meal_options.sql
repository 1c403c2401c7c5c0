-- uses: wedsync_internal.derive_meal_options
-- provides: wedsync.meal_options, wedsync.delete_meal_options
select wedsync_internal.build_record('meal_options');

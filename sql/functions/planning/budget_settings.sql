-- uses: wedsync_internal.validate_budget_settings
-- provides: wedsync.budget_settings, wedsync.delete_budget_settings
select wedsync_internal.build_record('budget_settings');

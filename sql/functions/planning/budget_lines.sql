-- uses: wedsync_internal.validate_budget_lines
-- provides: wedsync.budget_lines, wedsync.delete_budget_lines
select wedsync_internal.build_record('budget_lines');

-- provides: wedsync.budget_contributions, wedsync.delete_budget_contributions
select wedsync_internal.build_record('budget_contributions');

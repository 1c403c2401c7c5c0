-- provides: wedsync.budget_approvals, wedsync.delete_budget_approvals
select wedsync_internal.build_record('budget_approvals');

-- provides: wedsync.budget_payments, wedsync.delete_budget_payments
select wedsync_internal.build_record('budget_payments');

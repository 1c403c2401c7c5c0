-- proves: F002-29
-- How often each scheduled job runs, and when it is due.
begin;
select plan(5);
select results_eq('select name collate "default", every from wedsync_data.scheduled_jobs order by every, name', $$ values
    ('advance_journeys', interval '1 second'), ('announce_websites', interval '1 second'), ('notify_suppliers', interval '1 second'), ('prune_bus',
        interval '5 seconds'),
    ('retry_webhooks', interval '5 seconds'),
    ('sweep_presence', interval '5 seconds'),
    ('check_integrations', interval '15 seconds'), ('due_journey_steps', interval '1 minute'), ('due_task_reminders', interval '1 minute'),
    ('cleanup_subscriptions', interval '5 minutes'), ('cleanup_sessions', interval '10 minutes'),
    ('drop_partitions', interval '1 hour'), ('make_partitions', interval '1 hour'), ('prune_deliveries', interval '1 hour'), ('prune_reach', interval '1 hour'),
    ('prune_webhooks', interval '1 hour'),
    ('record_audit_anchors', interval '1 day')
$$, 'as shipped');
update wedsync_data.scheduled_jobs set last_run = clock_timestamp();
select is_empty('select wedsync_internal.due_jobs()', 'what was just done is not due');
update wedsync_data.scheduled_jobs set last_run = clock_timestamp() - every + interval '500 milliseconds';
select is_empty('select wedsync_internal.due_jobs()', 'nor is it half a second early');
update wedsync_data.scheduled_jobs set last_run = clock_timestamp() - every;
select set_eq('select wedsync_internal.due_jobs()', 'select name from wedsync_data.scheduled_jobs', 'it is due when its time has passed');
update wedsync_data.scheduled_jobs set last_run = clock_timestamp() - every - case name when 'sweep_presence' then interval '3 days' else interval '1 day' end;
select is((select d from wedsync_internal.due_jobs() as d limit 1), 'sweep_presence', 'longest waiting first');
select * from finish();
rollback;

create table wedsync_data.scheduled_jobs (
    name text not null,
    every interval not null,
    last_run timestamptz not null default '-infinity',
    last_result integer,
    description text not null,
    constraint scheduled_jobs_pkey primary key (name),
    constraint scheduled_jobs_every_positive check (every > interval '0')
);
comment on table wedsync_data.scheduled_jobs is 'Jobs and their intervals. Workers ask each second what is due and run it; without a worker, wedsync maintain runs all of them.';
comment on column wedsync_data.scheduled_jobs.name is 'Job, run by wedsync_internal.run_job().';
comment on column wedsync_data.scheduled_jobs.every is 'How often.';
comment on column wedsync_data.scheduled_jobs.last_run is 'When it last ran.';
comment on column wedsync_data.scheduled_jobs.last_result is 'The count that it returned then.';
comment on column wedsync_data.scheduled_jobs.description is 'Description.';

insert into wedsync_data.scheduled_jobs (name, every, description) values
('make_partitions', interval '1 hour', 'Creates the partitions of the next days and months'),
('drop_partitions', interval '1 hour', 'Drops partitions that have exceeded their retention policy'),
('record_audit_anchors', interval '1 day', 'Records the current end of every audit chain as an anchor'),
('sweep_presence', interval '5 seconds', 'Deletes presence entries whose lease has expired'),
('prune_bus', interval '5 seconds', 'Deletes messages between processes after half a minute'),
('cleanup_sessions', interval '10 minutes', 'Deletes expired session tokens, and sessions that ended a day ago'),
('cleanup_subscriptions', interval '5 minutes', 'Closes subscriptions without heartbeats'),
('notify_suppliers', interval '1 second', 'Creates notifications for the suppliers that may read an event'),
('prune_deliveries', interval '1 hour', 'Deletes finished deliveries after the days that the settings name'),
('prune_reach', interval '1 hour', 'Deletes rights from reach a day after they ended'),
('retry_webhooks', interval '5 seconds', 'Repeats webhooks that could not be handled'),
('prune_webhooks', interval '1 hour', 'Deletes old webhooks and security events'),
('check_integrations', interval '15 seconds', 'Raises and resolves alerts for degraded integrations: each minute, on wedding days each 15 seconds');

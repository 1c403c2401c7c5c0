create table wedsync_data.duties (
    name text not null,
    every interval not null,
    last_run timestamptz not null default '-infinity',
    last_result integer,
    description text not null,
    constraint duties_pkey primary key (name),
    constraint duties_every_positive check (every > interval '0')
);
comment on table wedsync_data.duties is 'What has to be done by the clock. The worker asks what is due; without one, wedsync maintain does it all.';
comment on column wedsync_data.duties.name is 'Duty, run by wedsync_internal.run_duty().';
comment on column wedsync_data.duties.every is 'How often.';
comment on column wedsync_data.duties.last_run is 'When last done.';
comment on column wedsync_data.duties.last_result is 'What it counted then.';
comment on column wedsync_data.duties.description is 'For people.';

insert into wedsync_data.duties (name, every, description) values
('make_partitions', interval '1 hour', 'Makes the partitions of the next days and months'),
('drop_partitions', interval '1 hour', 'Drops partitions that are older than retention_policies keeps them'),
('record_audit_anchors', interval '1 day', 'Notes the present end of every audit chain'),
('sweep_presence', interval '5 seconds', 'Removes people whose device or process is gone'),
('prune_bus', interval '5 seconds', 'Removes messages between processes that are older than half a minute'),
('cleanup_sessions', interval '10 minutes', 'Removes session tokens that ran out, and sessions that ended a day ago'),
('cleanup_subscriptions', interval '5 minutes', 'Closes subscriptions without a sign of life'),
('notify_suppliers', interval '1 second', 'Turns events into notifications of the suppliers that may read them');

create table wedsync_data.integrations (
    name text not null,
    is_critical boolean not null default false,
    fallback text,
    failure_threshold integer not null default 5,
    wedding_day_threshold integer not null default 2,
    open_seconds integer not null default 30,
    max_open_seconds integer not null default 900,
    probes_needed integer not null default 2,
    slow_milliseconds integer not null default 2000,
    description text not null default '',
    constraint integrations_pkey primary key (name),
    constraint integrations_name_form check (name ~ '^[a-z][a-z0-9_]{0,49}(:[a-z0-9.:_-]{1,253})?$'),
    constraint integrations_fallback_known check (fallback in ('queue', 'cached', 'manual')),
    constraint integrations_critical_has_fallback check (not is_critical or fallback is not null),
    constraint integrations_thresholds check (failure_threshold between 1 and 1000 and wedding_day_threshold between 1 and failure_threshold),
    constraint integrations_open_time check (open_seconds between 1 and max_open_seconds and max_open_seconds <= 86400),
    constraint integrations_probes check (probes_needed between 1 and 100),
    constraint integrations_slow check (slow_milliseconds between 1 and 600000),
    constraint integrations_description_length check (length(description) <= 1000)
);
comment on table wedsync_data.integrations is
'Services outside the database that are called through a circuit breaker. Update a row to change its thresholds. An integration that is used without a row gets one with the defaults.';
comment on column wedsync_data.integrations.name is 'Key, such as email, or webhook:<host>.';
comment on column wedsync_data.integrations.is_critical is 'Whether weddings depend on it; if so, it needs a fallback.';
comment on column wedsync_data.integrations.fallback is 'What happens to a call while the breaker is open. queue: it is repeated later; cached: the last answer is used; manual: a person does it.';
comment on column wedsync_data.integrations.failure_threshold is 'Failures in a row that open the breaker.';
comment on column wedsync_data.integrations.wedding_day_threshold is 'The same on wedding days.';
comment on column wedsync_data.integrations.open_seconds is 'Seconds that the breaker stays open before a probe; doubled whenever a probe fails.';
comment on column wedsync_data.integrations.max_open_seconds is 'Upper limit of that doubling.';
comment on column wedsync_data.integrations.probes_needed is 'Probes in a row that have to succeed before the breaker closes.';
comment on column wedsync_data.integrations.slow_milliseconds is 'The integration is degraded if more than one call in twenty takes longer.';
comment on column wedsync_data.integrations.description is 'Description.';

insert into wedsync_data.integrations (name, is_critical, fallback, slow_milliseconds, description) values
('email', true, 'queue', 5000, 'SMTP server'),
('sms', true, 'queue', 5000, 'SMS provider'),
('push', false, 'queue', 5000, 'Web Push services');

create table wedsync_data.breakers (
    integration text not null,
    state text not null default 'closed',
    failures integer not null default 0,
    successes integer not null default 0,
    reopened integer not null default 0,
    changed_at timestamptz not null default clock_timestamp(),
    retry_at timestamptz,
    probe_until timestamptz,
    constraint breakers_pkey primary key (integration),
    constraint breakers_integration_fkey foreign key (integration) references wedsync_data.integrations (name) on update cascade on delete cascade,
    constraint breakers_state_known check (state in ('closed', 'open', 'half_open')),
    constraint breakers_counts check (failures >= 0 and successes >= 0 and reopened >= 0),
    constraint breakers_retry_given check ((retry_at is not null) = (state = 'open')),
    constraint breakers_probe_given check ((probe_until is not null) = (state = 'half_open'))
) with (fillfactor = 50);
comment on table wedsync_data.breakers is 'State of each integration''s circuit breaker, changed by breaker_allow and breaker_record.';
comment on column wedsync_data.breakers.integration is 'The integration.';
comment on column wedsync_data.breakers.state is 'closed: calls pass; open: calls are refused; half_open: one probe at a time passes.';
comment on column wedsync_data.breakers.failures is 'Failures in a row while closed.';
comment on column wedsync_data.breakers.successes is 'Probes in a row that succeeded while half open.';
comment on column wedsync_data.breakers.reopened is 'How often a probe has failed since the breaker opened.';
comment on column wedsync_data.breakers.changed_at is 'When the state last changed.';
comment on column wedsync_data.breakers.retry_at is 'When an open breaker lets a probe pass.';
comment on column wedsync_data.breakers.probe_until is 'Until then the running probe may answer; afterwards another one may start.';

create table wedsync_data.breaker_changes (
    id bigint generated always as identity,
    integration text not null,
    from_state text not null,
    to_state text not null,
    reason text not null,
    on_wedding_day boolean not null,
    changed_at timestamptz not null default clock_timestamp(),
    constraint breaker_changes_pkey primary key (id),
    constraint breaker_changes_integration_fkey foreign key (integration) references wedsync_data.integrations (name) on update cascade on delete cascade
);
create index breaker_changes_by_integration on wedsync_data.breaker_changes (integration, changed_at);
comment on table wedsync_data.breaker_changes is 'Every change of a circuit breaker''s state, kept for 90 days.';
comment on column wedsync_data.breaker_changes.id is 'Order of the changes.';
comment on column wedsync_data.breaker_changes.integration is 'The integration.';
comment on column wedsync_data.breaker_changes.from_state is 'State before.';
comment on column wedsync_data.breaker_changes.to_state is 'State after.';
comment on column wedsync_data.breaker_changes.reason is 'failures, probe, probe_failed, recovered or reset.';
comment on column wedsync_data.breaker_changes.on_wedding_day is 'Whether the threshold of wedding days applied.';
comment on column wedsync_data.breaker_changes.changed_at is 'When.';

create table wedsync_data.integration_calls (
    integration text not null,
    minute timestamptz not null,
    calls integer not null,
    failures integer not null,
    milliseconds double precision not null,
    slowest double precision not null,
    counts integer[] not null,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    constraint integration_calls_pkey primary key (integration, minute),
    constraint integration_calls_integration_fkey foreign key (integration) references wedsync_data.integrations (name) on update cascade on delete cascade,
    constraint integration_calls_counts_length check (cardinality(counts) = 11)
) with (fillfactor = 50);
comment on table wedsync_data.integration_calls is 'Calls of each integration, added up by the minute and kept for a day.';
comment on column wedsync_data.integration_calls.integration is 'The integration.';
comment on column wedsync_data.integration_calls.minute is 'Start of the minute.';
comment on column wedsync_data.integration_calls.calls is 'Number of calls.';
comment on column wedsync_data.integration_calls.failures is 'Those that failed.';
comment on column wedsync_data.integration_calls.milliseconds is 'Sum of their response times.';
comment on column wedsync_data.integration_calls.slowest is 'The longest response time, in milliseconds.';
comment on column wedsync_data.integration_calls.counts is 'Calls by response time: up to 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000 milliseconds, and longer.';
comment on column wedsync_data.integration_calls.last_success_at is 'The last call that succeeded.';
comment on column wedsync_data.integration_calls.last_failure_at is 'The last call that failed.';

create table wedsync_data.integration_alerts (
    id bigint generated always as identity,
    integration text not null,
    reason text not null,
    severity text not null,
    figures jsonb not null,
    raised_at timestamptz not null default clock_timestamp(),
    resolved_at timestamptz,
    constraint integration_alerts_pkey primary key (id),
    constraint integration_alerts_integration_fkey foreign key (integration) references wedsync_data.integrations (name) on update cascade on delete cascade,
    constraint integration_alerts_reason_known check (reason in ('breaker_open', 'errors', 'slow')),
    constraint integration_alerts_severity_known check (severity in ('warning', 'critical'))
);
create unique index integration_alerts_open on wedsync_data.integration_alerts (integration, reason) where resolved_at is null;
create index integration_alerts_by_integration on wedsync_data.integration_alerts (integration, raised_at);
comment on table wedsync_data.integration_alerts is 'Degraded integrations, raised and resolved by the job check_integrations; kept for 90 days.';
comment on column wedsync_data.integration_alerts.id is 'Order of the alerts.';
comment on column wedsync_data.integration_alerts.integration is 'The integration.';
comment on column wedsync_data.integration_alerts.reason is 'breaker_open, errors or slow.';
comment on column wedsync_data.integration_alerts.severity is 'critical on wedding days and for critical integrations, otherwise warning.';
comment on column wedsync_data.integration_alerts.figures is 'Figures of integration_health at that time.';
comment on column wedsync_data.integration_alerts.raised_at is 'When it was raised.';
comment on column wedsync_data.integration_alerts.resolved_at is 'When it no longer applied; null while it does.';

create table wedsync_data.webhook_sources (
    name text not null,
    scheme text not null default 'standard',
    handler text not null default 'store',
    acts_as uuid,
    tolerance_seconds integer not null default 300,
    max_requests integer not null default 10,
    per_seconds integer not null default 60,
    is_enabled boolean not null default true,
    description text not null default '',
    created_at timestamptz not null default now(),
    constraint webhook_sources_pkey primary key (name),
    constraint webhook_sources_name_form check (name ~ '^[a-z][a-z0-9_-]{0,49}$'),
    constraint webhook_sources_scheme_known check (scheme in ('standard', 'body')),
    constraint webhook_sources_handler_known check (handler in ('store', 'core_fields', 'rsvp')),
    constraint webhook_sources_acts_as_given check ((acts_as is not null) = (handler <> 'store')),
    constraint webhook_sources_tolerance check (tolerance_seconds between 1 and 86400),
    constraint webhook_sources_limit check (max_requests between 1 and 100000 and per_seconds between 1 and 86400),
    constraint webhook_sources_description_length check (length(description) <= 1000)
);
comment on table wedsync_data.webhook_sources is 'Systems that send signed webhooks to the pack. Made by create_webhook_source; an administrator may update limits.';
comment on column wedsync_data.webhook_sources.name is 'Key, part of the address: /webhooks/<name>.';
comment on column wedsync_data.webhook_sources.scheme is
'standard: headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks; body: header x-webhook-signature with the HMAC of the body in hexadecimal, id and timestamp in the body.';
comment on column wedsync_data.webhook_sources.handler is 'What is done with a webhook. store: it is kept for the application; core_fields: it changes a wedding''s core fields; rsvp: it records a reply.';
comment on column wedsync_data.webhook_sources.acts_as is 'User with whose rights the handler works; null for store.';
comment on column wedsync_data.webhook_sources.tolerance_seconds is 'Largest difference between the timestamp of a webhook and the clock.';
comment on column wedsync_data.webhook_sources.max_requests is 'Verified webhooks accepted in per_seconds.';
comment on column wedsync_data.webhook_sources.per_seconds is 'Length of that sliding window in seconds.';
comment on column wedsync_data.webhook_sources.is_enabled is 'Webhooks of a disabled source are refused like those of an unknown one.';
comment on column wedsync_data.webhook_sources.description is 'Description.';
comment on column wedsync_data.webhook_sources.created_at is 'When.';

create table wedsync_data.webhook_secrets (
    id uuid not null default gen_random_uuid(),
    source text not null,
    secret bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    valid_until timestamptz not null default 'infinity',
    constraint webhook_secrets_pkey primary key (id),
    constraint webhook_secrets_source_fkey foreign key (source) references wedsync_data.webhook_sources (name) on update cascade on delete cascade,
    constraint webhook_secrets_length check (octet_length(secret) between 24 and 64)
);
create index webhook_secrets_by_source on wedsync_data.webhook_secrets (source, valid_until);
comment on table wedsync_data.webhook_secrets is 'Secrets of the sources. A signature can only be verified with the secret itself, so it is stored; no role but the owner may read it. Backups contain it.';
comment on column wedsync_data.webhook_secrets.id is 'Secret id.';
comment on column wedsync_data.webhook_secrets.source is 'The source.';
comment on column wedsync_data.webhook_secrets.secret is 'The key of the HMAC.';
comment on column wedsync_data.webhook_secrets.created_at is 'When.';
comment on column wedsync_data.webhook_secrets.valid_until is 'Not valid from this moment on; set when the secret is replaced.';

create table wedsync_data.webhook_deliveries (
    source text not null,
    id text not null,
    signed_at timestamptz not null,
    received_at timestamptz not null default clock_timestamp(),
    address inet,
    payload jsonb not null,
    status text not null default 'received',
    attempts integer not null default 0,
    next_attempt_at timestamptz,
    sqlstate text,
    problem jsonb,
    result jsonb,
    constraint webhook_deliveries_pkey primary key (source, id),
    constraint webhook_deliveries_source_fkey foreign key (source) references wedsync_data.webhook_sources (name) on update cascade on delete cascade,
    constraint webhook_deliveries_id_length check (length(id) between 1 and 255),
    constraint webhook_deliveries_status_known check (status in ('received', 'handled', 'failed', 'dead')),
    constraint webhook_deliveries_attempts check (attempts between 0 and 100),
    constraint webhook_deliveries_next_given check ((next_attempt_at is not null) = (status = 'failed'))
);
create index webhook_deliveries_waiting on wedsync_data.webhook_deliveries (next_attempt_at) where status = 'failed';
create index webhook_deliveries_by_time on wedsync_data.webhook_deliveries (received_at);
comment on table wedsync_data.webhook_deliveries is 'Webhooks that were verified. Each id of a source is handled once.';
comment on column wedsync_data.webhook_deliveries.source is 'The source.';
comment on column wedsync_data.webhook_deliveries.id is 'The sender''s id, 1 to 255 characters.';
comment on column wedsync_data.webhook_deliveries.signed_at is 'The signed timestamp of the last time it was sent.';
comment on column wedsync_data.webhook_deliveries.received_at is 'When it was first received.';
comment on column wedsync_data.webhook_deliveries.address is 'Address that it came from.';
comment on column wedsync_data.webhook_deliveries.payload is 'The body.';
comment on column wedsync_data.webhook_deliveries.status is 'received: stored for the application; handled; failed: will be repeated; dead: will not.';
comment on column wedsync_data.webhook_deliveries.attempts is 'How often the handler has tried.';
comment on column wedsync_data.webhook_deliveries.next_attempt_at is 'When it is repeated; null unless failed.';
comment on column wedsync_data.webhook_deliveries.sqlstate is 'Error of the last attempt.';
comment on column wedsync_data.webhook_deliveries.problem is 'Message and detail of that error.';
comment on column wedsync_data.webhook_deliveries.result is 'Answer of the handler.';

create table wedsync_data.security_events (
    minute timestamptz not null,
    kind text not null,
    source text not null,
    address inet not null,
    count bigint not null default 1,
    last_at timestamptz not null default clock_timestamp(),
    constraint security_events_pkey primary key (minute, kind, source, address),
    constraint security_events_kind_known check (
        kind in ('unknown_source', 'bad_signature', 'stale', 'replayed', 'too_large', 'rate_limited', 'malformed')
    ),
    constraint security_events_source_length check (length(source) <= 50)
);
comment on table wedsync_data.security_events is 'Webhooks that were refused, counted by the minute, and kept for security_event_days.';
comment on column wedsync_data.security_events.minute is 'Start of the minute.';
comment on column wedsync_data.security_events.kind is 'unknown_source, bad_signature, stale, replayed, too_large, rate_limited or malformed.';
comment on column wedsync_data.security_events.source is 'The source that was named, if there is one of that name; otherwise empty.';
comment on column wedsync_data.security_events.address is 'Address that it came from; 0.0.0.0 if unknown.';
comment on column wedsync_data.security_events.count is 'How many.';
comment on column wedsync_data.security_events.last_at is 'When the last one came.';

insert into wedsync_data.settings (name, value, description) values
('webhook_max_bytes', '1048576', 'Largest body of a webhook, in bytes'),
('webhook_attempts', '5', 'Attempts to handle a webhook before it is given up as dead'),
('webhook_days', '30', 'Days that webhooks are kept; dead ones three times as long'),
('security_event_days', '90', 'Days that security events, which contain addresses, are kept');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('webhook-unverified', 10, 60, 'Webhooks of one address to one source that could not be verified');

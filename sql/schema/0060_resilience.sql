create table wedsync_data.rate_limits (
    endpoint text not null,
    max_requests integer,
    per_seconds integer not null default 60,
    description text not null,
    constraint rate_limits_pkey primary key (endpoint),
    constraint rate_limits_positive check (max_requests > 0),
    constraint rate_limits_window check (per_seconds between 1 and 86400)
);
comment on table wedsync_data.rate_limits is 'Requests allowed per user and endpoint in a sliding window. Update a row to change a limit.';
comment on column wedsync_data.rate_limits.endpoint is 'Key of the endpoint. Without a row, endpoints that end in -read and joins of channels (realtime-subscribe) are not limited, and all others are refused with limiter_unavailable, whose detail names the row.';
comment on column wedsync_data.rate_limits.max_requests is 'Maximum number of requests per window; null for no limit.';
comment on column wedsync_data.rate_limits.per_seconds is 'Length of the window in seconds.';
comment on column wedsync_data.rate_limits.description is 'Description.';

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('core-fields-read', 100, 60, 'Reading core fields, audit trails and history'),
('core-fields-write', 20, 60, 'Changing core fields'),
('core-fields-populate', 30, 60, 'Filling forms'),
('invite', 20, 60, 'Inviting members, suppliers and members of suppliers'),
('invitation-answer', 20, 60, 'Viewing, accepting and declining invitations'),
('registration', 20, 3600, 'Registering couples and suppliers'),
('account-write', 120, 60, 'Display names, ending sessions and API keys, marking notifications as read'),
('api-key-create', 60, 3600, 'Creating API keys'),
('members-write', 60, 60, 'Adding and removing members of a wedding or a supplier'),
('access-request', 20, 60, 'Requesting access from couples'),
('access-write', 120, 60, 'Granting, approving, rejecting and revoking access'),
('forms-write', 120, 60, 'Statements that change forms, their fields and mappings'),
('supplier-write', 120, 60, 'Journeys, client profiles and notification preferences of suppliers'),
('audit-verify', 20, 60, 'Verifying and anchoring audit trails');

create unlogged table wedsync_data.rate_usage (
    user_id uuid not null,
    endpoint text not null,
    bucket bigint not null,
    counts smallint[] not null,
    used integer not null,
    constraint rate_usage_pkey primary key (user_id, endpoint)
) with (fillfactor = 50);
comment on table wedsync_data.rate_usage is 'Requests per user and endpoint, in sixty buckets that cover the window. Unlogged: a crash resets the counts.';
comment on column wedsync_data.rate_usage.user_id is 'The sub claim.';
comment on column wedsync_data.rate_usage.endpoint is 'Key of the endpoint.';
comment on column wedsync_data.rate_usage.bucket is 'Number of the newest bucket since the epoch.';
comment on column wedsync_data.rate_usage.counts is 'Requests per bucket, oldest first.';
comment on column wedsync_data.rate_usage.used is 'Their sum, so that a request within the same bucket adds to a number and sums up nothing.';

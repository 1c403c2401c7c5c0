create table wedsync_internal.error_catalog (
    name text not null,
    sqlstate text not null,
    http_status smallint not null,
    message text not null,
    hint text,
    constraint error_catalog_pkey primary key (name),
    constraint error_catalog_sqlstate_form check (sqlstate ~ '^([0-9A-Z]{5})$'),
    constraint error_catalog_status_range check (http_status between 400 and 599)
);
comment on table wedsync_internal.error_catalog is 'Every error that the pack raises on purpose: one row each, raised only through wedsync_internal.fail().';
comment on column wedsync_internal.error_catalog.name is 'Stable name, snake_case.';
comment on column wedsync_internal.error_catalog.sqlstate is 'SQLSTATE raised. PTnnn and PGRST are turned into HTTP status nnn by PostgREST.';
comment on column wedsync_internal.error_catalog.http_status is 'HTTP status that a PostgREST client sees.';
comment on column wedsync_internal.error_catalog.message is 'Text for people. Never holds data.';
comment on column wedsync_internal.error_catalog.hint is 'What to do about it.';

alter table wedsync_internal.error_catalog enable row level security;

insert into wedsync_internal.error_catalog (name, sqlstate, http_status, message, hint) values
('not_signed_in', '42501', 401, 'Sign in first', 'Send a token whose sub claim is your user id (a uuid).'),
('not_allowed', '42501', 403, 'You are not allowed to do this', null),
('fields_not_allowed', '42501', 403, 'You are not allowed to use these fields', 'The detail lists the fields that were refused.'),
('not_found', 'PT404', 404, 'Not found or not visible to you', null),
('version_conflict', 'PT409', 409, 'Somebody changed the same field meanwhile', 'Read the record again, then repeat the change with the new version.'),
('state_conflict', 'PT409', 409, 'This is not possible in the present state', null),
('cap_reached', 'PT409', 409, 'There are as many of these as this installation allows', 'The detail names the setting and its value. Remove what is not needed, or ask an administrator to raise it.'),
('history_trimmed', 'PT410', 410, 'What came right after this number is not kept any more', 'Read a fresh snapshot, then go on with after_seq 0.'),
('invalid_value', '22023', 400, 'A parameter has an invalid value', null),
('invalid_fields', 'PT422', 422, 'Some fields were refused', 'The detail lists path and rule of each; nothing was changed.'),
('read_is_logged', 'PT405', 405, 'This read is logged, so it cannot run in a read-only transaction', 'Call the function with POST.'),
('too_large', 'PT413', 413, 'The request is too large', null),
('rate_limited', 'PGRST', 429, 'Too many requests', 'Wait for the number of seconds in Retry-After.'),
('limiter_unavailable', 'PGRST', 503, 'A limit of this installation is missing', 'An administrator must insert the row of rate_limits or settings that the detail names.'),
('stronger_sign_in', 'PT403', 403, 'A stronger sign-in is needed', 'aal2');

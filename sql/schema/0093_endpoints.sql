create table wedsync_data.webhook_endpoints (
    id uuid not null default gen_random_uuid(),
    couple_id uuid,
    supplier_id uuid,
    url text not null,
    host text not null generated always as (lower(substring(url from '^https?://([^/:?#]+|\[[^]]*\])'))) stored,
    integration text not null generated always as (
        'webhook:' || left(translate(lower(substring(url from '^https?://([^/:?#]+|\[[^]]*\])')), '[]', ''), 253)
    ) stored,
    kinds text[],
    secret bytea not null,
    old_secret bytea,
    old_secret_until timestamptz,
    created_by uuid,
    created_at timestamptz not null default now(),
    disabled_at timestamptz,
    disabled_reason text,
    constraint webhook_endpoints_pkey primary key (id),
    constraint webhook_endpoints_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint webhook_endpoints_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint webhook_endpoints_one_owner check (num_nonnulls(couple_id, supplier_id) <= 1),
    -- no user names and passwords, no fragments, no spaces
    constraint webhook_endpoints_url_form check (url ~ '^https?://([a-z0-9A-Z.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[!-~]*)?$' and url !~ '[#\\]' and length(url) <= 2000),
    constraint webhook_endpoints_secrets_length check (octet_length(secret) = 32 and (old_secret is null or octet_length(old_secret) = 32)),
    constraint webhook_endpoints_old_secret_ends check ((old_secret is null) = (old_secret_until is null)),
    constraint webhook_endpoints_disabled_given check ((disabled_at is null) = (disabled_reason is null))
);
create index webhook_endpoints_by_couple on wedsync_data.webhook_endpoints (couple_id);
create index webhook_endpoints_by_supplier on wedsync_data.webhook_endpoints (supplier_id);
comment on table wedsync_data.webhook_endpoints is 'Outgoing webhooks of couples, suppliers and the operator. The secrets are readable by the worker''s functions only.';
comment on column wedsync_data.webhook_endpoints.id is 'Endpoint id.';
comment on column wedsync_data.webhook_endpoints.couple_id is 'The couple that is told of what its partners are told of.';
comment on column wedsync_data.webhook_endpoints.supplier_id is 'The supplier that is told.';
comment on column wedsync_data.webhook_endpoints.url is 'Address.';
comment on column wedsync_data.webhook_endpoints.host is 'Host in the address.';
comment on column wedsync_data.webhook_endpoints.integration is 'Its circuit breaker.';
comment on column wedsync_data.webhook_endpoints.kinds is 'Kinds of notifications; null for all.';
comment on column wedsync_data.webhook_endpoints.secret is 'Key of the signatures, 32 bytes.';
comment on column wedsync_data.webhook_endpoints.old_secret is 'Earlier key, with which requests are signed as well until old_secret_until.';
comment on column wedsync_data.webhook_endpoints.old_secret_until is 'When the earlier key ends.';
comment on column wedsync_data.webhook_endpoints.created_by is 'Who created it.';
comment on column wedsync_data.webhook_endpoints.created_at is 'When.';
comment on column wedsync_data.webhook_endpoints.disabled_at is 'When it was disabled.';
comment on column wedsync_data.webhook_endpoints.disabled_reason is 'Why.';

create table wedsync_data.push_devices (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    endpoint text not null,
    host text not null generated always as (lower(substring(endpoint from '^https://([^/:?#]+|\[[^]]*\])'))) stored,
    p256dh text not null,
    auth text not null,
    created_at timestamptz not null default now(),
    constraint push_devices_pkey primary key (id),
    constraint push_devices_endpoint_key unique (endpoint),
    constraint push_devices_endpoint_form check (endpoint ~ '^https://([a-z0-9A-Z.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/[!-~]*$' and endpoint !~ '[#\\]' and length(endpoint) <= 1000),
    constraint push_devices_keys_form check (p256dh ~ '^[A-Za-z0-9_-]{87}=?$' and auth ~ '^[A-Za-z0-9_-]{22}(==)?$')
);
create index push_devices_by_user on wedsync_data.push_devices (user_id);
comment on table wedsync_data.push_devices is 'Browsers of users that have subscribed to Web Push.';
comment on column wedsync_data.push_devices.id is 'Device id.';
comment on column wedsync_data.push_devices.user_id is 'The user.';
comment on column wedsync_data.push_devices.endpoint is 'Address at the browser''s push service.';
comment on column wedsync_data.push_devices.host is 'Host in the address.';
comment on column wedsync_data.push_devices.p256dh is 'Public key of the browser.';
comment on column wedsync_data.push_devices.auth is 'Shared secret of the subscription.';
comment on column wedsync_data.push_devices.created_at is 'When added.';

insert into wedsync_data.settings (name, value, description) values
('webhook_endpoints_per_owner', '10', 'Most outgoing webhooks of a couple or a supplier'),
('push_devices_per_user', '20', 'Most browsers of a user that receive Web Push'),
('webhook_plain_http', '0', 'Whether outgoing webhooks may use http: 0 no, 1 yes, for receivers in networks of your own');

create or replace view wedsync.webhook_sources
with (security_barrier = true, security_invoker = false) as
select
    s.name, s.scheme, s.handler, s.acts_as, s.tolerance_seconds, s.max_requests, s.per_seconds, s.is_enabled, s.description, s.created_at,
    (select count(*) from wedsync_data.webhook_secrets as k where k.source = s.name and k.valid_until > now()) as valid_secrets,
    (select count(*) from wedsync_data.webhook_deliveries as d where d.source = s.name and d.received_at > now() - interval '1 day') as accepted_today,
    (select coalesce(sum(e.count), 0) from wedsync_data.security_events as e where e.source = s.name and e.minute > now() - interval '1 day') as refused_today
from wedsync_data.webhook_sources as s
where (select wedsync_internal.is_service());
comment on view wedsync.webhook_sources is 'Systems that send webhooks, for server roles. Secrets are not shown.';
comment on column wedsync.webhook_sources.name is 'Key, part of the address.';
comment on column wedsync.webhook_sources.scheme is 'standard or body.';
comment on column wedsync.webhook_sources.handler is 'store, core_fields or rsvp.';
comment on column wedsync.webhook_sources.acts_as is 'User with whose rights the handler works.';
comment on column wedsync.webhook_sources.tolerance_seconds is 'Largest difference between the timestamp and the clock.';
comment on column wedsync.webhook_sources.max_requests is 'Verified webhooks accepted in per_seconds.';
comment on column wedsync.webhook_sources.per_seconds is 'Length of that window.';
comment on column wedsync.webhook_sources.is_enabled is 'Whether it is accepted.';
comment on column wedsync.webhook_sources.description is 'Description.';
comment on column wedsync.webhook_sources.created_at is 'When.';
comment on column wedsync.webhook_sources.valid_secrets is 'Number of valid secrets; two while one is replaced.';
comment on column wedsync.webhook_sources.accepted_today is 'Webhooks accepted in the last 24 hours.';
comment on column wedsync.webhook_sources.refused_today is 'Webhooks refused in the last 24 hours.';
revoke all on wedsync.webhook_sources from public;
grant select on wedsync.webhook_sources to service_role, wedsync_admin;

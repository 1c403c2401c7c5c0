create or replace view wedsync.integration_alerts
with (security_barrier = true, security_invoker = false) as
select a.id, a.integration, a.reason, a.severity, a.figures, a.raised_at, a.resolved_at
from wedsync_data.integration_alerts as a
where (select wedsync_internal.is_service());
comment on view wedsync.integration_alerts is 'Degraded integrations of the last 90 days, for server roles.';
comment on column wedsync.integration_alerts.id is 'Order of the alerts.';
comment on column wedsync.integration_alerts.integration is 'The integration.';
comment on column wedsync.integration_alerts.reason is 'breaker_open, errors or slow.';
comment on column wedsync.integration_alerts.severity is 'warning or critical.';
comment on column wedsync.integration_alerts.figures is 'Figures of integration_health when it was raised.';
comment on column wedsync.integration_alerts.raised_at is 'When it was raised.';
comment on column wedsync.integration_alerts.resolved_at is 'When it no longer applied; null while it does.';
revoke all on wedsync.integration_alerts from public;
grant select on wedsync.integration_alerts to service_role, wedsync_admin;

create or replace view wedsync.circuit_breakers
with (security_barrier = true, security_invoker = false) as
select
    i.name as integration, coalesce(b.state, 'closed') as state, coalesce(b.failures, 0) as failures, coalesce(b.successes, 0) as successes,
    i.failure_threshold, i.wedding_day_threshold, i.probes_needed, b.changed_at, b.retry_at, i.is_critical, i.fallback
from wedsync_data.integrations as i
left join wedsync_data.breakers as b on b.integration = i.name
where (select wedsync_internal.is_service());
comment on view wedsync.circuit_breakers is 'State of each integration''s circuit breaker, for server roles.';
comment on column wedsync.circuit_breakers.integration is 'The integration.';
comment on column wedsync.circuit_breakers.state is 'closed, open or half_open.';
comment on column wedsync.circuit_breakers.failures is 'Failures in a row while closed.';
comment on column wedsync.circuit_breakers.successes is 'Probes in a row that succeeded while half open.';
comment on column wedsync.circuit_breakers.failure_threshold is 'Failures in a row that open it.';
comment on column wedsync.circuit_breakers.wedding_day_threshold is 'The same on wedding days.';
comment on column wedsync.circuit_breakers.probes_needed is 'Successful probes that close it.';
comment on column wedsync.circuit_breakers.changed_at is 'When the state last changed; null if it was never used.';
comment on column wedsync.circuit_breakers.retry_at is 'When an open breaker lets a probe pass.';
comment on column wedsync.circuit_breakers.is_critical is 'Whether weddings depend on the integration.';
comment on column wedsync.circuit_breakers.fallback is 'queue, cached or manual: what happens to calls while it is open.';
revoke all on wedsync.circuit_breakers from public;
grant select on wedsync.circuit_breakers to service_role, wedsync_admin;

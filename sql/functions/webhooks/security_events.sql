create or replace view wedsync.security_events
with (security_barrier = true, security_invoker = false) as
select e.minute, e.kind, e.source, e.address, e.count, e.last_at
from wedsync_data.security_events as e
where (select wedsync_internal.is_service());
comment on view wedsync.security_events is 'Webhooks that were refused, counted by the minute, for server roles.';
comment on column wedsync.security_events.minute is 'Start of the minute.';
comment on column wedsync.security_events.kind is 'unknown_source, bad_signature, stale, replayed, too_large, rate_limited or malformed.';
comment on column wedsync.security_events.source is 'The source; empty if there is none of that name.';
comment on column wedsync.security_events.address is 'Address that it came from; 0.0.0.0 if unknown.';
comment on column wedsync.security_events.count is 'How many.';
comment on column wedsync.security_events.last_at is 'When the last one came.';
revoke all on wedsync.security_events from public;
grant select on wedsync.security_events to service_role, wedsync_admin;

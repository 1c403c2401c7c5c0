create or replace view wedsync.webhook_deliveries
with (security_barrier = true, security_invoker = false) as
select
    d.source, d.id, d.status, d.signed_at, d.received_at, d.address, d.payload, d.attempts, d.next_attempt_at, d.sqlstate, d.problem, d.result
from wedsync_data.webhook_deliveries as d
where (select wedsync_internal.is_service());
comment on view wedsync.webhook_deliveries is 'Webhooks that were accepted, for server roles.';
comment on column wedsync.webhook_deliveries.source is 'The source.';
comment on column wedsync.webhook_deliveries.id is 'The sender''s id.';
comment on column wedsync.webhook_deliveries.status is 'received (kept for the application), handled, failed (will be repeated) or dead.';
comment on column wedsync.webhook_deliveries.signed_at is 'Timestamp of the last time it was sent.';
comment on column wedsync.webhook_deliveries.received_at is 'When it was first received.';
comment on column wedsync.webhook_deliveries.address is 'Address that it came from.';
comment on column wedsync.webhook_deliveries.payload is 'The body.';
comment on column wedsync.webhook_deliveries.attempts is 'How often it was tried.';
comment on column wedsync.webhook_deliveries.next_attempt_at is 'When it is repeated.';
comment on column wedsync.webhook_deliveries.sqlstate is 'Error of the last attempt.';
comment on column wedsync.webhook_deliveries.problem is 'Message and detail of that error.';
comment on column wedsync.webhook_deliveries.result is 'Answer of the handler.';
revoke all on wedsync.webhook_deliveries from public;
grant select on wedsync.webhook_deliveries to service_role, wedsync_admin;

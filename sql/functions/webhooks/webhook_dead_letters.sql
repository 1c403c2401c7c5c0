create or replace view wedsync.webhook_dead_letters
with (security_barrier = true, security_invoker = false) as
select d.source, d.id, d.received_at, d.payload, d.attempts, d.sqlstate, d.problem
from wedsync_data.webhook_deliveries as d
where d.status = 'dead' and (select wedsync_internal.is_service());
comment on view wedsync.webhook_dead_letters is 'Webhooks that could not be handled, for server roles. retry_webhook has one handled again.';
comment on column wedsync.webhook_dead_letters.source is 'The source.';
comment on column wedsync.webhook_dead_letters.id is 'The sender''s id.';
comment on column wedsync.webhook_dead_letters.received_at is 'When it was first received.';
comment on column wedsync.webhook_dead_letters.payload is 'The body.';
comment on column wedsync.webhook_dead_letters.attempts is 'How often it was tried.';
comment on column wedsync.webhook_dead_letters.sqlstate is 'Error of the last attempt.';
comment on column wedsync.webhook_dead_letters.problem is 'Message and detail of that error.';
revoke all on wedsync.webhook_dead_letters from public;
grant select on wedsync.webhook_dead_letters to service_role, wedsync_admin;

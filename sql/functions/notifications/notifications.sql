-- requires: identity/caller_supplier_ids, identity/is_service
create or replace view wedsync.notifications
with (security_barrier = true, security_invoker = false) as
select n.id, n.couple_id, n.supplier_id, n.seq, n.kind, n.paths, n.changes, n.changed_by_type, n.created_at, n.read_at, n.read_at is not null as read
from wedsync_data.notifications as n
where n.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or (select wedsync_internal.is_service());
comment on view wedsync.notifications is 'What the caller''s suppliers were told
Mark them as read with mark_notifications_read.';
comment on column wedsync.notifications.id is 'Notification id.';
comment on column wedsync.notifications.couple_id is 'The wedding.';
comment on column wedsync.notifications.supplier_id is 'For whom.';
comment on column wedsync.notifications.seq is 'Event of the wedding that it tells of.';
comment on column wedsync.notifications.kind is 'core_fields_updated.';
comment on column wedsync.notifications.paths is 'Changed paths.';
comment on column wedsync.notifications.changes is 'Path to new value.';
comment on column wedsync.notifications.changed_by_type is 'couple, planner, family, friend, supplier, service, admin or system.';
comment on column wedsync.notifications.created_at is 'When.';
comment on column wedsync.notifications.read_at is 'When marked as read.';
comment on column wedsync.notifications.read is 'Whether it was read.';
revoke all on wedsync.notifications from public;
grant select on wedsync.notifications to authenticated, service_role, wedsync_admin;

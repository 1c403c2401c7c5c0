create or replace view wedsync.notifications
with (security_barrier = true, security_invoker = false) as
select
    n.id, n.couple_id, n.supplier_id, n.seq, n.kind, shown.paths, shown.changes, n.changed_by_type, n.created_at, n.read_at, n.read_at is not null as read,
    n.title, coalesce(n.message, wedsync_internal.changed_field_names(shown.right_nos)) as message, n.user_id, n.priority, n.reference
from wedsync_data.notifications as n
cross join lateral (
    select array_agg(n.paths[l.i] order by l.i) as paths, pg_catalog.jsonb_object_agg(n.paths[l.i], n.changes -> n.paths[l.i]) as changes, array_agg(n.right_nos[l.i]) as right_nos
    from (
        select coalesce(bit_or(g.readable), repeat('0', 128)::bit(128)) as readable
        from wedsync_data.grants as g
        where g.couple_id = n.couple_id and g.grantee_id = n.supplier_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    ) as present
    cross join lateral generate_subscripts(n.right_nos, 1) as l (i)
    where get_bit(present.readable, n.right_nos[l.i]) = 1
    having count(*) > 0
    union all
    -- notifications sent by a server are shown as a whole, while the supplier has access
    select n.paths, n.changes, n.right_nos
    where n.seq is null and n.supplier_id is not null and (
        select bit_or(g.readable) & n.needs = n.needs
        from wedsync_data.grants as g
        where g.couple_id = n.couple_id and g.grantee_id = n.supplier_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    )
    union all
    select n.paths, n.changes, n.right_nos
    where n.user_id is not null and exists (
        select from wedsync_data.reach as r
        where r.couple_id = n.couple_id and r.user_id = n.user_id and r.valid_from <= now() and r.valid_until > now() and r.readable & n.needs = n.needs
    )
) as shown
where n.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) or n.user_id = (select wedsync_internal.current_user_id())
    or (select wedsync_internal.is_service());
comment on view wedsync.notifications is 'Notifications of the caller and of the caller''s suppliers, as far as they may read them now
Values, and notifications without any readable value, are hidden while the right is revoked. Mark them as read with mark_notifications_read.';
comment on column wedsync.notifications.id is 'Notification id.';
comment on column wedsync.notifications.couple_id is 'The wedding.';
comment on column wedsync.notifications.supplier_id is 'The recipient, if it is a supplier.';
comment on column wedsync.notifications.seq is 'Event of the wedding; null for notifications sent by a server.';
comment on column wedsync.notifications.kind is 'core_fields_updated, a kind of notification_kinds, or the kind that a server gave.';
comment on column wedsync.notifications.title is 'Description.';
comment on column wedsync.notifications.message is 'Text: the names of the changed fields, or as sent by a server.';
comment on column wedsync.notifications.paths is 'Changed paths that the supplier may read now.';
comment on column wedsync.notifications.changes is 'Those paths and their new values; or the data sent by a server.';
comment on column wedsync.notifications.changed_by_type is 'couple, planner, family, friend, supplier, service, admin or system.';
comment on column wedsync.notifications.created_at is 'When.';
comment on column wedsync.notifications.read_at is 'When marked as read.';
comment on column wedsync.notifications.read is 'Whether it was read.';
comment on column wedsync.notifications.user_id is 'The recipient, if it is a user.';
comment on column wedsync.notifications.priority is 'low, normal or high.';
comment on column wedsync.notifications.reference is 'What it is about, such as the id of a task.';
revoke all on wedsync.notifications from public;
grant select on wedsync.notifications to authenticated, service_role, wedsync_admin;

create or replace view wedsync.notification_preferences
with (security_barrier = true, security_invoker = false) as
select p.couple_id, case when s.id is null then p.owner_id end as user_id, s.id as supplier_id, p.choices, p.updated_at
from wedsync_data.notification_preferences as p
left join wedsync_data.suppliers as s on s.id = p.owner_id
where p.owner_id = (select wedsync_internal.current_user_id()) or p.owner_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or (select wedsync_internal.is_service());
comment on view wedsync.notification_preferences is 'By which channels the caller and the caller''s suppliers are notified about weddings. Set them with choose_notifications.';
comment on column wedsync.notification_preferences.couple_id is 'The wedding.';
comment on column wedsync.notification_preferences.user_id is 'The user.';
comment on column wedsync.notification_preferences.supplier_id is 'The supplier.';
comment on column wedsync.notification_preferences.choices is '{kind: {channel: true or false}}.';
comment on column wedsync.notification_preferences.updated_at is 'When changed.';
revoke all on wedsync.notification_preferences from public;
grant select on wedsync.notification_preferences to authenticated, service_role, wedsync_admin;

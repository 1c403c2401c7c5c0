create or replace view wedsync.notification_addresses
with (security_barrier = true, security_invoker = false) as
select
    case when not a.is_supplier then a.owner_id end as user_id, case when a.is_supplier then a.owner_id end as supplier_id,
    a.email, a.email_verified_at, a.phone, a.phone_verified_at, a.language, a.time_zone, a.quiet_from, a.quiet_until
from wedsync_data.notification_addresses as a
where a.owner_id = (select wedsync_internal.current_user_id()) or a.is_supplier and a.owner_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[])
    or (select wedsync_internal.is_service());
comment on view wedsync.notification_addresses is 'Where the caller and the caller''s suppliers are reached, in which language, and their quiet hours. Set them with set_notification_address.';
comment on column wedsync.notification_addresses.user_id is 'The user.';
comment on column wedsync.notification_addresses.supplier_id is 'The supplier.';
comment on column wedsync.notification_addresses.email is 'E-mail address.';
comment on column wedsync.notification_addresses.email_verified_at is 'When its code was entered; it is not used before.';
comment on column wedsync.notification_addresses.phone is 'Phone number.';
comment on column wedsync.notification_addresses.phone_verified_at is 'When its code was entered; it is not used before.';
comment on column wedsync.notification_addresses.language is 'Language of texts.';
comment on column wedsync.notification_addresses.time_zone is 'Zone of the quiet hours.';
comment on column wedsync.notification_addresses.quiet_from is 'Start of the quiet hours.';
comment on column wedsync.notification_addresses.quiet_until is 'Their end.';
revoke all on wedsync.notification_addresses from public;
grant select on wedsync.notification_addresses to authenticated, service_role, wedsync_admin;

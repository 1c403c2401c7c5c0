create or replace view wedsync_internal.recipients
with (security_barrier = true, security_invoker = false) as
select
    u.id, case when a.email_verified_at is not null then a.email else u.email end as email, case when a.phone_verified_at is not null then a.phone end as phone,
    a.email as entered_email, a.phone as entered_phone, a.language, a.quiet_from
from wedsync_data.users as u
left join wedsync_data.notification_addresses as a on a.owner_id = u.id
union all
select
    s.id, case when a.email_verified_at is not null then a.email else o.email end, case when a.phone_verified_at is not null then a.phone end,
    a.email, a.phone, a.language, a.quiet_from
from wedsync_data.suppliers as s
left join wedsync_data.notification_addresses as a on a.owner_id = s.id
left join lateral (
    select u.email from wedsync_data.supplier_members as m join wedsync_data.users as u on u.id = m.user_id
    where m.supplier_id = s.id and m.member_role = 'owner' and u.email is not null
    order by m.added_at, m.user_id limit 1
) as o on true;
comment on view wedsync_internal.recipients is
'Where users and suppliers are reached: the address that they have entered and verified, otherwise that of the user''s token, or of the supplier''s first owner; a number only if it is verified.';
comment on column wedsync_internal.recipients.id is 'User or supplier.';
comment on column wedsync_internal.recipients.email is 'E-mail address to use.';
comment on column wedsync_internal.recipients.phone is 'Phone number to use.';
comment on column wedsync_internal.recipients.entered_email is 'E-mail address as entered, for the code that verifies it.';
comment on column wedsync_internal.recipients.entered_phone is 'Phone number as entered, for the code that verifies it.';
comment on column wedsync_internal.recipients.language is 'Language; null if none was chosen.';
comment on column wedsync_internal.recipients.quiet_from is 'Start of quiet hours; null if there are none.';
revoke all on wedsync_internal.recipients from public;

create or replace view wedsync.failed_deliveries
with (security_barrier = true, security_invoker = false) as
select d.id, d.couple_id, d.supplier_id, d.user_id, d.channel, d.kind, n.title, d.state, d.attempts, d.last_error as reason, d.created_at, d.finished_at
from wedsync_data.deliveries as d
left join wedsync_data.notifications as n on n.couple_id = d.couple_id and n.id = d.notification_id
where d.state in ('dead', 'expired') and (
    (select wedsync_internal.is_service())
    or d.supplier_id is null and exists (
        select from wedsync_data.reach as r
        where r.couple_id = d.couple_id and r.user_id = (select wedsync_internal.current_user_id()) and r.valid_from <= now() and r.valid_until > now()
            and r.readable & d.needs = d.needs
            and (d.user_id = r.user_id or r.wedding_role = 'partner' and d.kind not in (select k.kind from wedsync_data.notification_kinds as k where k.is_personal))
    )
    or d.supplier_id = any ((select wedsync_internal.caller_supplier_ids())::uuid[]) and (
        select bit_or(g.readable) & d.needs = d.needs from wedsync_data.grants as g
        where g.couple_id = d.couple_id and g.grantee_id = d.supplier_id and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now()
    )
);
comment on view wedsync.failed_deliveries is 'Notifications that could not be delivered: for members their own, for partners also those of the wedding''s other people, but not personal ones such as messages, for suppliers their own. Send them again with retry_delivery.';
comment on column wedsync.failed_deliveries.id is 'Delivery id.';
comment on column wedsync.failed_deliveries.couple_id is 'The wedding.';
comment on column wedsync.failed_deliveries.supplier_id is 'The recipient, if it is a supplier.';
comment on column wedsync.failed_deliveries.user_id is 'The recipient, if it is a user.';
comment on column wedsync.failed_deliveries.channel is 'Channel.';
comment on column wedsync.failed_deliveries.kind is 'Kind of the notification.';
comment on column wedsync.failed_deliveries.title is 'Title of the notification.';
comment on column wedsync.failed_deliveries.state is 'dead, after too many failures or a refusal; expired, if it was not sent in time.';
comment on column wedsync.failed_deliveries.attempts is 'Attempts.';
comment on column wedsync.failed_deliveries.reason is 'Reason of the last failure.';
comment on column wedsync.failed_deliveries.created_at is 'When the notification was written.';
comment on column wedsync.failed_deliveries.finished_at is 'When the delivery was given up.';
revoke all on wedsync.failed_deliveries from public;
grant select on wedsync.failed_deliveries to authenticated, service_role, wedsync_admin;

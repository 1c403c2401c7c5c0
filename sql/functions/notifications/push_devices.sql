create or replace view wedsync.push_devices
with (security_barrier = true, security_invoker = false) as
select d.id, d.host, d.created_at
from wedsync_data.push_devices as d
where d.user_id = (select wedsync_internal.current_user_id());
comment on view wedsync.push_devices is 'Browsers of the caller that receive Web Push, without their keys.';
comment on column wedsync.push_devices.id is 'Device id.';
comment on column wedsync.push_devices.host is 'Host of the browser''s push service.';
comment on column wedsync.push_devices.created_at is 'When added.';
revoke all on wedsync.push_devices from public;
grant select on wedsync.push_devices to authenticated;

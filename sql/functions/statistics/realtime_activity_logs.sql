create or replace view wedsync.realtime_activity_logs
with (security_barrier = true, security_invoker = false) as
select a.user_id, a.topic as channel_id, a.event_type, a.count, a.last_at as "timestamp"
from wedsync_data.realtime_activity as a
where a.user_id = (select wedsync_internal.current_user_id()) or (select wedsync_internal.is_service());
comment on view wedsync.realtime_activity_logs is 'Traffic of the caller''s channels, counted per channel, kind and minute.';
comment on column wedsync.realtime_activity_logs.user_id is 'The user.';
comment on column wedsync.realtime_activity_logs.channel_id is 'Channel without prefix.';
comment on column wedsync.realtime_activity_logs.event_type is 'broadcast, postgres_changes, presence, subscribe, unsubscribe, refused and so on.';
comment on column wedsync.realtime_activity_logs.count is 'Number in that minute.';
comment on column wedsync.realtime_activity_logs."timestamp" is 'Time of the last one.';
revoke all on wedsync.realtime_activity_logs from public;
grant select on wedsync.realtime_activity_logs to authenticated, service_role, wedsync_admin;

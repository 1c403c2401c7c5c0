create or replace view wedsync.calendar_feeds
with (security_barrier = true, security_invoker = false) as
select f.couple_id, f.id, f.created_at, f.revoked_at
from wedsync_data.calendar_feeds as f
where f.user_id = (select wedsync_internal.current_user_id());
comment on view wedsync.calendar_feeds is 'The caller''s secret calendar addresses, without tokens.';
comment on column wedsync.calendar_feeds.couple_id is 'The wedding.';
comment on column wedsync.calendar_feeds.id is 'Id, for revoke_calendar_feed.';
comment on column wedsync.calendar_feeds.created_at is 'When it was created.';
comment on column wedsync.calendar_feeds.revoked_at is 'When it was revoked.';
revoke all on wedsync.calendar_feeds from public;
grant select on wedsync.calendar_feeds to authenticated;

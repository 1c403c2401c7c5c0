create or replace view wedsync.collaboration_sessions
with (security_barrier = true, security_invoker = false) as
select s.id, s.couple_id, s.created_at, s.last_activity, least(s.valid_until, s.ended_at) as valid_until, s.ended_at is null and s.valid_until > now() as is_active
from wedsync_data.collaboration_sessions as s
where s.user_id = (select wedsync_internal.current_user_id());
comment on view wedsync.collaboration_sessions is 'The caller''s sessions on weddings, without tokens; refresh_session returns what a session may do.';
comment on column wedsync.collaboration_sessions.id is 'Session id, for refresh_session and end_session.';
comment on column wedsync.collaboration_sessions.couple_id is 'The wedding.';
comment on column wedsync.collaboration_sessions.created_at is 'When joined.';
comment on column wedsync.collaboration_sessions.last_activity is 'When last joined, refreshed or used by a socket, to the minute.';
comment on column wedsync.collaboration_sessions.valid_until is 'When it ends or ended.';
comment on column wedsync.collaboration_sessions.is_active is 'Whether it is active.';
revoke all on wedsync.collaboration_sessions from public;
grant select on wedsync.collaboration_sessions to authenticated;

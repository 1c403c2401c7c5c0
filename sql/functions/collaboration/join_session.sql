create or replace function wedsync.join_session(couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    most constant integer := (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'sessions_per_user');
    session wedsync_data.collaboration_sessions;
begin
    perform wedsync_internal.enforce_rate_limit('session-join');
    if couple_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}');
    end if;
    -- outsiders wait for no lock
    if not wedsync_internal.reaches_wedding(caller, couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.record_user(caller);
    -- a concurrent revocation waits for this or is seen by it; sessions of a user start one after the other, so that their number stays correct
    perform wedsync_internal.access_lock(couple_id, null, true);
    perform wedsync_internal.access_lock(null, caller, false);
    if not wedsync_internal.reaches_wedding(caller, couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.close_sessions(array(
        select s.id from wedsync_data.collaboration_sessions as s
        where s.user_id = caller and s.ended_at is null and s.valid_until > now()
        order by s.last_activity desc, s.created_at desc, s.id
        offset greatest(most - 1, 0)
    ));
    insert into wedsync_data.collaboration_sessions (couple_id, user_id, valid_until)
    values (join_session.couple_id, caller, now() + make_interval(
        days => (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'session_days')
    ))
    returning * into session;
    return wedsync_internal.issue_session_token(session);
end
$$;
comment on function wedsync.join_session(uuid) is
'Starts a session of the caller on a wedding and returns {session, websocket_url, token, expires_at, permissions}
For members, and for members of suppliers with a grant. The token opens a socket and joins the channels of this wedding for ten minutes; refresh_session issues the next one for up to a week, end_session ends the session. The token is returned only once, only its hash is stored, and PostgREST does not accept it. permissions describes what the caller may do now: {role, channels: [{topic, can_broadcast, can_presence}], readable_groups, writable_groups, readable_fields, writable_fields}; rights are evaluated again at each use.
Errors: not_signed_in (42501), invalid_value (22023), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.join_session(uuid) from public;
grant execute on function wedsync.join_session(uuid) to authenticated;

create or replace function wedsync.refresh_session(session uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    found_session wedsync_data.collaboration_sessions;
begin
    perform wedsync_internal.require_given('{session}', array[session is not null]);
    perform wedsync_internal.enforce_rate_limit('session-join');
    select s.* into found_session from wedsync_data.collaboration_sessions as s where s.id = session and s.user_id = caller;
    if found_session.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    -- a concurrent revocation, or end of the session, waits for this or is seen by it
    perform wedsync_internal.access_lock(found_session.couple_id, caller, true);
    update wedsync_data.collaboration_sessions as s set last_activity = now()
    where s.couple_id = found_session.couple_id and s.id = session and s.ended_at is null and s.valid_until > now() and wedsync_internal.reaches_wedding(caller, s.couple_id)
    returning s.* into found_session;
    if not found then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the session has ended"}', 'Start a new one with join_session.');
    end if;
    return wedsync_internal.issue_session_token(found_session);
end
$$;
comment on function wedsync.refresh_session(uuid) is
'Issues the next token of one of the caller''s sessions, with current permissions, in the form of join_session
Earlier tokens stay valid until they expire. Errors: not_signed_in (42501), not_found (PT404), state_conflict (PT409) once the session has ended, rate_limited (429).';
revoke all on function wedsync.refresh_session(uuid) from public;
grant execute on function wedsync.refresh_session(uuid) to authenticated;

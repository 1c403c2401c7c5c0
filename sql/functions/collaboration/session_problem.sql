create or replace function wedsync_internal.session_problem(claims jsonb, couple_id uuid)
returns text
language plpgsql
stable
as $$
declare
    session wedsync_data.collaboration_sessions;
begin
    if not coalesce(claims ? 'wedsync_session', false) then
        return null;
    end if;
    select s.* into session from wedsync_data.collaboration_sessions as s where s.id = wedsync_internal.claimed_session(claims);
    -- a session is valid only for its own user, whatever the claims say
    if session.id is null or session.ended_at is not null or session.valid_until <= now() or session.user_id::text is distinct from lower(claims ->> 'sub') then
        return 'the session has ended: start a new one with join_session';
    elsif session.couple_id is distinct from session_problem.couple_id then
        return 'a session token is valid for the channels of its own wedding only';
    end if;
    return null;
end
$$;
comment on function wedsync_internal.session_problem(jsonb, uuid) is
'Describes why claims of a session token do not apply to a wedding (null: a channel without a wedding); null if they do, and for claims of a signed token. Rights are checked elsewhere.';
revoke all on function wedsync_internal.session_problem(jsonb, uuid) from public;

create or replace function wedsync_internal.session_claims(token_hash bytea)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    token wedsync_data.session_tokens;
    session wedsync_data.collaboration_sessions;
begin
    select t.* into token from wedsync_data.session_tokens as t where t.token_hash = session_claims.token_hash;
    select s.* into session from wedsync_data.collaboration_sessions as s
    where s.couple_id = token.couple_id and s.id = token.session_id and s.ended_at is null;
    if session.id is null or not wedsync_internal.reaches_wedding(session.user_id, session.couple_id) then
        return pg_catalog.jsonb_build_object('ok', false, 'reason', 'the session token is unknown or its session has ended: get a new one with join_session');
    elsif token.valid_until <= now() then
        return pg_catalog.jsonb_build_object('ok', false, 'reason', 'the token has expired');
    end if;
    update wedsync_data.collaboration_sessions as s set last_activity = now()
    where s.couple_id = session.couple_id and s.id = session.id and s.last_activity < now() - interval '1 minute';
    return pg_catalog.jsonb_build_object('ok', true, 'claims', pg_catalog.jsonb_build_object(
        'sub', session.user_id, 'role', 'authenticated', 'exp', extract(epoch from token.valid_until), 'wedsync_session', session.id
    ));
end
$$;
comment on function wedsync_internal.session_claims(bytea) is
'Returns the claims of a session token, given its hash: {ok, claims}, or {ok: false, reason}. They reach only channels of the session''s wedding.';
revoke all on function wedsync_internal.session_claims(bytea) from public;
grant execute on function wedsync_internal.session_claims(bytea) to wedsync_worker;

create or replace function wedsync_internal.issue_session_token(session wedsync_data.collaboration_sessions)
returns jsonb
language plpgsql
volatile
as $$
declare
    secret constant text := wedsync_internal.new_token('wst_');
    expires_at constant timestamptz := least(session.valid_until, now() + make_interval(
        secs => (select (s.value #>> '{}')::double precision from wedsync_data.settings as s where s.name = 'session_token_seconds')
    ));
begin
    delete from wedsync_data.session_tokens as t where t.couple_id = session.couple_id and t.session_id = session.id and t.valid_until <= now();
    insert into wedsync_data.session_tokens (couple_id, token_hash, session_id, valid_until)
    values (session.couple_id, pg_catalog.sha256(convert_to(secret, 'UTF8')), session.id, expires_at);
    return pg_catalog.jsonb_build_object(
        'session', pg_catalog.jsonb_build_object(
            'id', session.id, 'couple_id', session.couple_id, 'created_at', session.created_at, 'valid_until', session.valid_until
        ),
        'websocket_url', (select s.value from wedsync_data.settings as s where s.name = 'websocket_url'),
        'token', secret,
        'expires_at', expires_at,
        'permissions', wedsync_internal.session_permissions(session.user_id, session.couple_id)
    );
end
$$;
comment on function wedsync_internal.issue_session_token(wedsync_data.collaboration_sessions) is
'Issues a new token of the caller''s session and returns the result of join_session. The token is returned only once.';
revoke all on function wedsync_internal.issue_session_token(wedsync_data.collaboration_sessions) from public;

create table wedsync_data.collaboration_sessions (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    created_at timestamptz not null default now(),
    valid_until timestamptz not null,
    last_activity timestamptz not null default now(),
    ended_at timestamptz,
    constraint collaboration_sessions_pkey primary key (couple_id, id),
    constraint collaboration_sessions_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
create index collaboration_sessions_by_id on wedsync_data.collaboration_sessions (id);
create index collaboration_sessions_by_couple on wedsync_data.collaboration_sessions (couple_id, user_id);
create index collaboration_sessions_by_user on wedsync_data.collaboration_sessions (user_id, last_activity);
comment on table wedsync_data.collaboration_sessions is 'Sessions: a user who works on a wedding in one device or tab. Rights are not stored: they are evaluated from memberships and grants whenever a token is used.';
comment on column wedsync_data.collaboration_sessions.id is 'Session id.';
comment on column wedsync_data.collaboration_sessions.couple_id is 'The wedding. Tokens of the session give access to nothing else.';
comment on column wedsync_data.collaboration_sessions.user_id is 'The user.';
comment on column wedsync_data.collaboration_sessions.created_at is 'When joined.';
comment on column wedsync_data.collaboration_sessions.valid_until is 'No new token from this moment on.';
comment on column wedsync_data.collaboration_sessions.last_activity is 'When last joined, refreshed or used by a socket, to the minute.';
comment on column wedsync_data.collaboration_sessions.ended_at is 'When it was ended, or its user lost access; null while it is active.';

create table wedsync_data.session_tokens (
    couple_id uuid not null,
    token_hash bytea not null,
    session_id uuid not null,
    valid_until timestamptz not null,
    constraint session_tokens_pkey primary key (couple_id, token_hash),
    constraint session_tokens_session_fkey foreign key (couple_id, session_id)
        references wedsync_data.collaboration_sessions (couple_id, id) on delete cascade
);
create index session_tokens_by_hash on wedsync_data.session_tokens (token_hash);
create index session_tokens_by_session on wedsync_data.session_tokens (session_id, couple_id);
create index session_tokens_by_age on wedsync_data.session_tokens (valid_until);
comment on table wedsync_data.session_tokens is 'Short-lived tokens that open the sockets of a session and join its channels. Only hashes are stored.';
comment on column wedsync_data.session_tokens.couple_id is 'The wedding of the session.';
comment on column wedsync_data.session_tokens.token_hash is 'SHA-256 of the token. The token has 244 random bits, so a plain hash is enough.';
comment on column wedsync_data.session_tokens.session_id is 'The session.';
comment on column wedsync_data.session_tokens.valid_until is 'Not valid from this moment on.';

insert into wedsync_data.settings (name, value, description) values
('websocket_url', 'null', 'Address of the sockets that join_session returns, such as "wss://live.example.org/realtime/v1"; null until an administrator sets it'),
('session_token_seconds', '600', 'Seconds for which a session token is valid'),
('session_days', '7', 'Days for which a session issues new tokens'),
('sessions_per_user', '50', 'Most active sessions of a user; another one ends the one that was idle longest');
insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('session-join', 30, 60, 'Joining and refreshing sessions');

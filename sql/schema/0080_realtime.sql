create unlogged table wedsync_data.relay_nodes (
    node uuid not null,
    host text not null,
    pid integer not null,
    awake boolean not null default true,
    registered_at timestamptz not null default now(),
    lease_until timestamptz not null,
    safe_position pg_snapshot not null,
    fed boolean not null default false,
    reported_at timestamptz,
    sockets integer,
    channels integer,
    audiences integer,
    most_sockets integer,
    loop_lag_seconds real,
    doorbell_hears boolean,
    bus_dropped bigint,
    constraint relay_nodes_pkey primary key (node)
) with (fillfactor = 50);
comment on table wedsync_data.relay_nodes is 'Worker processes that read the event log. Writers notify only while one of them does not poll.';
comment on column wedsync_data.relay_nodes.node is 'Id that the process has generated.';
comment on column wedsync_data.relay_nodes.host is 'Machine.';
comment on column wedsync_data.relay_nodes.pid is 'Operating system process.';
comment on column wedsync_data.relay_nodes.awake is 'True while it polls continuously, or for a follower, while the leader does.';
comment on column wedsync_data.relay_nodes.registered_at is 'Since when.';
comment on column wedsync_data.relay_nodes.lease_until is 'Considered dead from this time on.';
comment on column wedsync_data.relay_nodes.safe_position is 'All events visible in it were received by its open sockets, except those with their own position. After a crash their clients resume from here.';
comment on column wedsync_data.relay_nodes.fed is 'Follower: does not read the log itself; the leader reads it for all followers and sends them their frames.';
comment on column wedsync_data.relay_nodes.reported_at is 'When it last reported its health, every five seconds; null before the first time.';
comment on column wedsync_data.relay_nodes.sockets is 'Open sockets, as the process counts them.';
comment on column wedsync_data.relay_nodes.channels is 'Joined channels, as the process counts them.';
comment on column wedsync_data.relay_nodes.audiences is 'Distinct groups among them.';
comment on column wedsync_data.relay_nodes.most_sockets is 'Maximum number of sockets, by the open-file limit of the process.';
comment on column wedsync_data.relay_nodes.loop_lag_seconds is 'Maximum event loop lag since the previous report.';
comment on column wedsync_data.relay_nodes.doorbell_hears is 'Whether its listening session receives notifications.';
comment on column wedsync_data.relay_nodes.bus_dropped is 'Messages to other processes dropped since its start.';

create unlogged table wedsync_data.relay_leadership (
    is_only_row boolean not null default true,
    incarnation uuid not null default gen_random_uuid(),
    leader uuid,
    lease_until timestamptz not null default '-infinity',
    constraint relay_leadership_pkey primary key (is_only_row),
    constraint relay_leadership_one_row check (is_only_row)
);
comment on table wedsync_data.relay_leadership is 'Which node reads the log for all followers. One row, written when the first node registers.';
comment on column wedsync_data.relay_leadership.is_only_row is 'True.';
comment on column wedsync_data.relay_leadership.incarnation is 'Changes after a server crash, which invalidates earlier positions.';
comment on column wedsync_data.relay_leadership.leader is 'Worker process; null when it resigned.';
comment on column wedsync_data.relay_leadership.lease_until is 'From this moment on another process may take over.';

create unlogged table wedsync_data.access_locks (
    user_id uuid not null,
    constraint access_locks_pkey primary key (user_id)
);
comment on table wedsync_data.access_locks is 'Rows to lock, one for each user who has joined a channel or whose access has changed: joins lock it in share mode, changes of access exclusively. Not advisory locks, because any login can hold those.';
comment on column wedsync_data.access_locks.user_id is 'The sub claim.';

create unlogged table wedsync_data.subscription_groups (
    id bigint generated always as identity,
    node uuid not null,
    identity uuid not null,
    topic text not null,
    scope text not null,
    tables text[] not null,
    couple_id uuid,
    principals uuid[] not null,
    readable bit(128),
    is_private boolean not null,
    is_service boolean not null,
    bindings jsonb not null,
    valid_until timestamptz not null default 'infinity',
    constraint subscription_groups_pkey primary key (id),
    constraint subscription_groups_identity unique (node, identity),
    constraint subscription_groups_node_fkey foreign key (node) references wedsync_data.relay_nodes (node) on delete cascade
);
create index subscription_groups_by_couple on wedsync_data.subscription_groups (couple_id, node);
create index subscription_groups_of_callers on wedsync_data.subscription_groups (node) where scope = 'caller';
create index subscription_groups_by_topic on wedsync_data.subscription_groups (topic, node);
create index subscription_groups_by_principal on wedsync_data.subscription_groups using gin (principals);
comment on table wedsync_data.subscription_groups is 'Distinct groups of recipients of a node: same topic, same rights, same bindings. Visibility is computed once for each.';
comment on column wedsync_data.subscription_groups.id is 'Group id.';
comment on column wedsync_data.subscription_groups.node is 'Worker process.';
comment on column wedsync_data.subscription_groups.identity is 'Digest of everything that defines the group.';
comment on column wedsync_data.subscription_groups.topic is 'Channel without prefix.';
comment on column wedsync_data.subscription_groups.scope is 'wedding, supplier, caller, system or free.';
comment on column wedsync_data.subscription_groups.tables is 'Tables whose events it receives.';
comment on column wedsync_data.subscription_groups.couple_id is 'The wedding, for scope wedding.';
comment on column wedsync_data.subscription_groups.principals is 'User and suppliers whose rights apply, looked up per event. For scope wedding, used for form responses only; the wedding itself represents those who may read all of its responses.';
comment on column wedsync_data.subscription_groups.readable is 'Rights of the group, for scope wedding.';
comment on column wedsync_data.subscription_groups.is_private is 'Joined as a private channel: private and public broadcasts of a topic are separate.';
comment on column wedsync_data.subscription_groups.is_service is 'Joined with a service token.';
comment on column wedsync_data.subscription_groups.bindings is 'Row-change bindings, each with its id, table, event, filters and columns.';
comment on column wedsync_data.subscription_groups.valid_until is 'When its access expires.';

create unlogged table wedsync_data.subscriptions (
    id bigint generated always as identity,
    node uuid not null,
    connection_id uuid,
    session text,
    collaboration_session uuid,
    group_id bigint,
    user_id uuid,
    is_service boolean not null,
    couple_id uuid,
    supplier_id uuid,
    topic text not null,
    is_private boolean not null,
    config jsonb not null,
    valid_until timestamptz not null default 'infinity',
    moved_xid xid8,
    moved_reason text,
    ended boolean not null default false,
    joined_at timestamptz not null default now(),
    joined_position pg_snapshot not null default pg_current_snapshot(),
    resumed_from pg_snapshot,
    came_to pg_snapshot,
    resync boolean not null default false,
    last_ping_at timestamptz not null default now(),
    active boolean not null default true,
    constraint subscriptions_pkey primary key (id),
    constraint subscriptions_node_fkey foreign key (node) references wedsync_data.relay_nodes (node) on delete cascade
) with (fillfactor = 80);
create index subscriptions_by_couple on wedsync_data.subscriptions (couple_id);
create index subscriptions_by_node on wedsync_data.subscriptions (node);
create index subscriptions_by_group on wedsync_data.subscriptions (group_id);
create index subscriptions_by_user on wedsync_data.subscriptions (user_id, topic);
create index subscriptions_by_collaboration_session on wedsync_data.subscriptions (collaboration_session) where collaboration_session is not null;
create index subscriptions_moved on wedsync_data.subscriptions (moved_xid) where moved_xid is not null;
create index subscriptions_expiring on wedsync_data.subscriptions (valid_until) where valid_until < 'infinity';
comment on table wedsync_data.subscriptions is 'Joined channels of sockets.';
comment on column wedsync_data.subscriptions.id is 'Subscription id.';
comment on column wedsync_data.subscriptions.node is 'Worker process that holds the socket.';
comment on column wedsync_data.subscriptions.connection_id is 'The socket.';
comment on column wedsync_data.subscriptions.session is 'The session parameter of the socket address, which identifies a returning client.';
comment on column wedsync_data.subscriptions.collaboration_session is 'The session whose token joined it, null for other tokens.';
comment on column wedsync_data.subscriptions.group_id is 'Its group; null after its access was revoked.';
comment on column wedsync_data.subscriptions.user_id is 'The sub claim.';
comment on column wedsync_data.subscriptions.is_service is 'Joined with a service token.';
comment on column wedsync_data.subscriptions.couple_id is 'The wedding, if the topic names one.';
comment on column wedsync_data.subscriptions.supplier_id is 'The supplier, if the topic names one.';
comment on column wedsync_data.subscriptions.topic is 'Channel without prefix.';
comment on column wedsync_data.subscriptions.is_private is 'Joined as a private channel.';
comment on column wedsync_data.subscriptions.config is 'Configuration that the client sent with the join.';
comment on column wedsync_data.subscriptions.valid_until is 'When its access expires.';
comment on column wedsync_data.subscriptions.moved_xid is 'Transaction that last changed its group.';
comment on column wedsync_data.subscriptions.moved_reason is 'Why access was revoked.';
comment on column wedsync_data.subscriptions.ended is 'True once its wedding was deleted: its group receives that, then the channel is closed.';
comment on column wedsync_data.subscriptions.joined_at is 'Since when.';
comment on column wedsync_data.subscriptions.joined_position is 'What was visible at the join.';
comment on column wedsync_data.subscriptions.resumed_from is 'Position of the client before the join, with which the missed events were sent. Null once it has confirmed them.';
comment on column wedsync_data.subscriptions.came_to is 'Position of a client that is behind the others of its process; null if it has the safe position of the process.';
comment on column wedsync_data.subscriptions.resync is 'It was told to resync and has not confirmed that.';
comment on column wedsync_data.subscriptions.last_ping_at is 'Last heartbeat, stored in batches.';
comment on column wedsync_data.subscriptions.active is 'False once closed; closed rows are kept for a time for statistics.';

create table wedsync_data.resume_points (
    user_id uuid not null,
    session text not null,
    topic text not null,
    position pg_snapshot not null,
    epoch uuid,
    saved_at timestamptz not null default now(),
    kept_at timestamptz not null default now(),
    clients bigint not null default 1,
    constraint resume_points_pkey primary key (user_id, topic, session)
) with (fillfactor = 70);
create index resume_points_by_age on wedsync_data.resume_points (saved_at);
create index resume_points_by_topic on wedsync_data.resume_points (topic);
comment on table wedsync_data.resume_points is 'The position of a client when its socket closed. A join by the same session, else by the same user and topic, resumes from here; the row stays until the client has confirmed what it was sent, or remember_days are over.';
comment on column wedsync_data.resume_points.user_id is 'The sub claim.';
comment on column wedsync_data.resume_points.session is 'The session parameter of the socket address, empty without one.';
comment on column wedsync_data.resume_points.topic is 'Channel without prefix.';
comment on column wedsync_data.resume_points.position is 'The client has received what was visible then.';
comment on column wedsync_data.resume_points.epoch is 'Stream epoch of the position; null if it cannot be resumed from and the client has to resync.';
comment on column wedsync_data.resume_points.saved_at is 'When first saved: since then the client is away.';
comment on column wedsync_data.resume_points.kept_at is 'When the last socket that it is kept for closed. Clients that joined earlier have not resumed from all of it.';
comment on column wedsync_data.resume_points.clients is 'Number of clients without a session that it is kept for; deleted once so many have returned. One with a session.';

create unlogged table wedsync_data.bus_messages (
    id bigint generated always as identity,
    xid xid8 not null default pg_current_xact_id(),
    kind text not null,
    payload text not null,
    sent_at timestamptz not null default now(),
    constraint bus_messages_pkey primary key (id),
    constraint bus_messages_kind_known check (kind in ('broadcast', 'presence', 'replaced'))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index bus_messages_by_xid on wedsync_data.bus_messages (xid);
create index bus_messages_by_age on wedsync_data.bus_messages (sent_at);
comment on table wedsync_data.bus_messages is 'Messages between worker processes: client broadcasts, presence changes, replaced sockets. Read by snapshot like the event log; kept for half a minute.';
comment on column wedsync_data.bus_messages.id is 'Order of writing.';
comment on column wedsync_data.bus_messages.xid is 'Writing transaction; a reader''s cursor is a snapshot of these.';
comment on column wedsync_data.bus_messages.kind is 'broadcast, presence or replaced.';
comment on column wedsync_data.bus_messages.payload is 'The message, JSON text that the database does not parse.';
comment on column wedsync_data.bus_messages.sent_at is 'When sent.';

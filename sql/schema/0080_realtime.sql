create unlogged table wedsync_data.relay_nodes (
    node uuid not null,
    host text not null,
    pid integer not null,
    awake boolean not null default true,
    registered_at timestamptz not null default now(),
    lease_until timestamptz not null,
    constraint relay_nodes_pkey primary key (node)
) with (fillfactor = 50);
comment on table wedsync_data.relay_nodes is 'Worker processes that read the event log. Writers ring the doorbell only while one of them is not awake.';
comment on column wedsync_data.relay_nodes.node is 'Process id of its own making.';
comment on column wedsync_data.relay_nodes.host is 'Machine.';
comment on column wedsync_data.relay_nodes.pid is 'Operating system process.';
comment on column wedsync_data.relay_nodes.awake is 'True while it drains the log.';
comment on column wedsync_data.relay_nodes.registered_at is 'Since when.';
comment on column wedsync_data.relay_nodes.lease_until is 'Counts as gone from this moment on.';

create unlogged table wedsync_data.subscription_groups (
    id bigint generated always as identity,
    node uuid not null,
    couple_id uuid not null,
    topic text not null,
    readable bit(128) not null,
    sees_access boolean not null,
    bindings jsonb not null,
    wants_broadcast boolean not null,
    masked_columns jsonb not null,
    masked_keys jsonb not null,
    columns jsonb not null,
    valid_until timestamptz not null default 'infinity',
    constraint subscription_groups_pkey primary key (id),
    constraint subscription_groups_identity unique (couple_id, node, topic, readable, sees_access, wants_broadcast, valid_until, bindings),
    constraint subscription_groups_node_fkey foreign key (node) references wedsync_data.relay_nodes (node) on delete cascade
);
create index subscription_groups_by_node on wedsync_data.subscription_groups (node);
comment on table wedsync_data.subscription_groups is 'Distinct audiences of a worker process: same topic, same rights, same bindings. Visibility is worked out once for each.';
comment on column wedsync_data.subscription_groups.id is 'Group id.';
comment on column wedsync_data.subscription_groups.node is 'Worker process.';
comment on column wedsync_data.subscription_groups.couple_id is 'The wedding.';
comment on column wedsync_data.subscription_groups.topic is 'Channel without prefix.';
comment on column wedsync_data.subscription_groups.readable is 'Leaves that the group may see.';
comment on column wedsync_data.subscription_groups.sees_access is 'Whether changes of access are announced to it.';
comment on column wedsync_data.subscription_groups.bindings is 'Row-change bindings, each with its id.';
comment on column wedsync_data.subscription_groups.wants_broadcast is 'Whether events are broadcast to it.';
comment on column wedsync_data.subscription_groups.masked_columns is 'Hidden columns with null values and the list of withheld fields: laid over every record.';
comment on column wedsync_data.subscription_groups.masked_keys is 'Hidden keys of partly visible json columns and lists: array of [column, key].';
comment on column wedsync_data.subscription_groups.columns is 'Names and types of the row''s columns, as row changes carry them.';
comment on column wedsync_data.subscription_groups.valid_until is 'When the rights behind it end by themselves.';

create unlogged table wedsync_data.subscriptions (
    id bigint generated always as identity,
    node uuid not null,
    group_id bigint,
    user_id uuid,
    is_service boolean not null,
    couple_id uuid not null,
    topic text not null,
    bindings jsonb not null,
    wants_broadcast boolean not null,
    valid_until timestamptz not null default 'infinity',
    moved_xid xid8,
    moved_reason text,
    joined_at timestamptz not null default now(),
    constraint subscriptions_pkey primary key (id),
    constraint subscriptions_node_fkey foreign key (node) references wedsync_data.relay_nodes (node) on delete cascade
);
create index subscriptions_by_couple on wedsync_data.subscriptions (couple_id);
create index subscriptions_by_node on wedsync_data.subscriptions (node);
create index subscriptions_by_group on wedsync_data.subscriptions (group_id);
create index subscriptions_moved on wedsync_data.subscriptions (moved_xid) where moved_xid is not null;
create index subscriptions_expiring on wedsync_data.subscriptions (valid_until) where valid_until < 'infinity';
comment on table wedsync_data.subscriptions is 'Joined channels of sockets.';
comment on column wedsync_data.subscriptions.id is 'Subscription id.';
comment on column wedsync_data.subscriptions.node is 'Worker process that holds the socket.';
comment on column wedsync_data.subscriptions.group_id is 'Audience it belongs to; null after its right was lost.';
comment on column wedsync_data.subscriptions.user_id is 'The sub claim.';
comment on column wedsync_data.subscriptions.is_service is 'Joined with a service token.';
comment on column wedsync_data.subscriptions.couple_id is 'The wedding.';
comment on column wedsync_data.subscriptions.topic is 'Channel without prefix.';
comment on column wedsync_data.subscriptions.bindings is 'Row-change bindings, each with its id.';
comment on column wedsync_data.subscriptions.wants_broadcast is 'Whether events are broadcast to it.';
comment on column wedsync_data.subscriptions.valid_until is 'When the rights behind it end by themselves.';
comment on column wedsync_data.subscriptions.moved_xid is 'Transaction that last changed its group.';
comment on column wedsync_data.subscriptions.moved_reason is 'Why the right was lost.';
comment on column wedsync_data.subscriptions.joined_at is 'Since when.';

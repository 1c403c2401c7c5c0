create unlogged table wedsync_data.websocket_connections (
    connection_id uuid not null,
    node uuid not null,
    user_id uuid,
    supplier_ids uuid[] not null default '{}',
    session text,
    connected_at timestamptz not null default now(),
    last_ping timestamptz not null default now(),
    is_active boolean not null default true,
    constraint websocket_connections_pkey primary key (connection_id),
    constraint websocket_connections_node_fkey foreign key (node) references wedsync_data.relay_nodes (node) on delete cascade
) with (fillfactor = 80);
create index websocket_connections_by_user on wedsync_data.websocket_connections (user_id) where is_active;
create index websocket_connections_by_supplier on wedsync_data.websocket_connections using gin (supplier_ids) where is_active;
create index websocket_connections_by_node on wedsync_data.websocket_connections (node);
comment on table wedsync_data.websocket_connections is 'Open sockets, valid as long as their node''s lease.';
comment on column wedsync_data.websocket_connections.connection_id is 'The socket.';
comment on column wedsync_data.websocket_connections.node is 'Worker process.';
comment on column wedsync_data.websocket_connections.user_id is 'The sub claim.';
comment on column wedsync_data.websocket_connections.supplier_ids is 'Suppliers that the user works for.';
comment on column wedsync_data.websocket_connections.session is 'The session parameter, which stays the same after a reconnect; null if there is none.';
comment on column wedsync_data.websocket_connections.connected_at is 'Since when.';
comment on column wedsync_data.websocket_connections.last_ping is 'Last heartbeat, stored in batches.';
comment on column wedsync_data.websocket_connections.is_active is 'False once closed.';

create table wedsync_data.realtime_activity (
    minute timestamptz not null,
    user_id uuid not null,
    topic text not null,
    event_type text not null,
    count bigint not null,
    last_at timestamptz not null,
    constraint realtime_activity_pkey primary key (user_id, minute, topic, event_type)
) partition by range (minute);
create index realtime_activity_by_minute on wedsync_data.realtime_activity (minute);
comment on table wedsync_data.realtime_activity is 'Messages delivered and subscription events, counted per user, channel, kind and minute. Daily partitions.';
comment on column wedsync_data.realtime_activity.minute is 'The minute.';
comment on column wedsync_data.realtime_activity.user_id is 'The recipient.';
comment on column wedsync_data.realtime_activity.topic is 'Channel without prefix.';
comment on column wedsync_data.realtime_activity.event_type is 'broadcast, postgres_changes, presence, subscribe, unsubscribe, refused and so on.';
comment on column wedsync_data.realtime_activity.count is 'How many.';
comment on column wedsync_data.realtime_activity.last_at is 'Time of the last one.';
insert into wedsync_data.retention_policies (table_name, partition_unit, keep_for, premake_units) values
('realtime_activity', 'day', interval '8 days', 7);

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('realtime-subscribe', 10, 60, 'Joining channels; joins that resume after a reconnect and refused ones do not count'),
('realtime-broadcast', 1200, 60, 'Messages sent by broadcast, broadcast_batch, broadcast_changes and send, and over HTTP'),
('realtime-presence', 300, 60, 'touch_presence, by all devices of a user'),
('realtime-idle', 30, 60, 'detect_idle');
insert into wedsync_data.settings (name, value, description) values
('connections_per_user', '5', 'Most open sockets of a user'),
('connections_per_supplier', '250', 'Most open sockets of the members of a supplier'),
('channels_per_socket', '100', 'Most channels of a socket'),
('patterns_per_user', '20', 'Most regular expressions in the filters of a user''s open channels'),
('joins_per_second', '10', 'Most joins of a socket per second, averaged over ten seconds; refused ones and refreshed tokens count'),
('messages_per_second', '100', 'Most messages that a socket may send per second, averaged over ten seconds'),
('message_max_bytes', '3145728', 'Largest message that a socket may send and largest stored broadcast, in bytes'),
('batch_max_bytes', '4194304', 'Largest array of messages that broadcast_batch and publishing over HTTP accept, in bytes of JSON text'),
('presence_max_bytes', '4000', 'Largest presence payload, in bytes of JSON text'),
('presence_idle_seconds', '300', 'Seconds without activity after which a user is considered away'),
('presence_lease_seconds', '60', 'Seconds for which a PostgREST user is considered present after touch_presence'),
('resume_minutes', '60', 'Minutes after the end of a socket for which its client can resume without a gap; limited by the retention of events and messages, and eight days'),
('remember_days', '30', 'Days after that for which a returning client is still recognised, and told to resync'),
('gateway_silent_seconds', '5', 'Seconds without a report from a gateway after which its worker is not ready'),
('gateway_stuck_seconds', '10', 'Seconds without reading the event log, or with a pending write, after which a gateway is not ready'),
('balance_most_used_percent', '70', 'Percentage of the capacity for sockets in use from which balance_advice recommends another process'),
('balance_uneven_percent', '150', 'Percentage of an even share of the sockets from which balance_advice considers a process crowded'),
('balance_most_lag_ms', '250', 'Event loop lag in milliseconds from which balance_advice considers a process overloaded');

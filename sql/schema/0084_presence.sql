create unlogged table wedsync_data.presence_topics (
    topic text not null,
    version bigint not null,
    constraint presence_topics_pkey primary key (topic)
) with (fillfactor = 50);
comment on table wedsync_data.presence_topics is 'Counts the changes of presence on a topic, so that every process applies each once and in order.';
comment on column wedsync_data.presence_topics.topic is 'Channel without prefix; on free topics private: or public: before it.';
comment on column wedsync_data.presence_topics.version is 'Number of the last change.';

create unlogged table wedsync_data.presence_entries (
    ref text not null,
    topic text not null,
    key text not null,
    node uuid,
    subscription_id bigint,
    user_id uuid,
    couple_id uuid,
    meta jsonb not null,
    status text not null default 'online',
    last_activity timestamptz not null default now(),
    lease_until timestamptz not null default 'infinity',
    constraint presence_entries_pkey primary key (ref)
) with (fillfactor = 70);
create index presence_entries_by_topic on wedsync_data.presence_entries (topic);
create index presence_entries_by_subscription on wedsync_data.presence_entries (subscription_id);
create index presence_entries_by_node on wedsync_data.presence_entries (node);
create index presence_entries_by_couple on wedsync_data.presence_entries (couple_id, user_id);
create index presence_entries_by_lease on wedsync_data.presence_entries (lease_until) where lease_until < 'infinity';
comment on table wedsync_data.presence_entries is 'Presence entries, one per device or tab. Those of sockets are valid as long as their node''s lease, those of PostgREST users have their own lease.';
comment on column wedsync_data.presence_entries.ref is 'phx_ref: new with every update.';
comment on column wedsync_data.presence_entries.topic is 'Channel without prefix; on free topics private: or public: before it.';
comment on column wedsync_data.presence_entries.key is 'Presence key.';
comment on column wedsync_data.presence_entries.node is 'Worker process that holds the socket; null for PostgREST users.';
comment on column wedsync_data.presence_entries.subscription_id is 'The channel; null for PostgREST users.';
comment on column wedsync_data.presence_entries.user_id is 'The sub claim.';
comment on column wedsync_data.presence_entries.couple_id is 'The wedding, if the topic names one.';
comment on column wedsync_data.presence_entries.meta is 'What the client tracks: current_section, active_document, cursor_position, is_typing, current_task, availability and other data.';
comment on column wedsync_data.presence_entries.status is 'online, away, busy or offline.';
comment on column wedsync_data.presence_entries.last_activity is 'Last track or touch.';
comment on column wedsync_data.presence_entries.lease_until is 'Considered dead from this time on.';

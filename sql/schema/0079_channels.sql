create table wedsync_data.channel_catalog (
    name text not null,
    pattern text not null,
    scope text not null,
    tables text[] not null default '{}',
    carries_rows boolean not null default false,
    allows_broadcast boolean not null,
    allows_presence boolean not null,
    description text not null,
    constraint channel_catalog_pkey primary key (name),
    constraint channel_catalog_scope_known check (scope in ('wedding', 'supplier', 'user', 'caller', 'system'))
);
comment on table wedsync_data.channel_catalog is 'Channels that can be joined. A topic that matches no row is refused, unless a free topic pattern allows it.';
comment on column wedsync_data.channel_catalog.name is 'Key.';
comment on column wedsync_data.channel_catalog.pattern is 'Regular expression for the topic without realtime:; its first group is the id of the wedding, supplier or user.';
comment on column wedsync_data.channel_catalog.scope is 'wedding, supplier and user: the id in the topic; caller: everything within the caller''s reach; system: everybody who is signed in.';
comment on column wedsync_data.channel_catalog.tables is 'Tables whose events it carries.';
comment on column wedsync_data.channel_catalog.carries_rows is 'Whether it also carries the events of all records of shape rows.';
comment on column wedsync_data.channel_catalog.allows_broadcast is 'Whether those who may join may also broadcast.';
comment on column wedsync_data.channel_catalog.allows_presence is 'Whether it has presence.';
comment on column wedsync_data.channel_catalog.description is 'Description.';

insert into wedsync_data.channel_catalog (name, pattern, scope, tables, carries_rows, allows_broadcast, allows_presence, description) values
('core_fields', '^core_fields_([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$', 'wedding', '{core_fields,grants,wedding_members}', false, false, true, 'Core fields of a wedding'),
('wedding', '^wedding:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$', 'wedding', '{core_fields,grants,wedding_members,form_responses}', true, true, true, 'Everything of a wedding, with broadcasts among its members'),
('presence', '^presence_([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$', 'wedding', '{}', false, true, true, 'Who is looking at a wedding'),
('supplier', '^supplier_([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$', 'supplier', '{}', false, true, true, 'Notifications of a supplier, with broadcasts among its members'),
('user', '^user_([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$', 'user', '{}', false, false, false, 'Notifications of a user'),
('core-fields', '^core-fields(?:-[0-9A-Za-z:_.-]{1,120})?$', 'caller', '{core_fields,grants,wedding_members}', false, false, false, 'Core fields of all weddings that the caller can access'),
('form-responses', '^form-responses(?:-[0-9A-Za-z:_.-]{1,120})?$', 'caller', '{form_responses}', false, false, false, 'Responses to forms of the caller''s suppliers, and of weddings of which the caller is a partner or planner'),
('journey-progress', '^journey-progress(?:-[0-9A-Za-z:_.-]{1,120})?$', 'caller', '{journey_progress}', false, false, false, 'Journey progress of the caller''s suppliers'),
('client-profiles', '^client-profiles(?:-[0-9A-Za-z:_.-]{1,120})?$', 'caller', '{client_profiles}', false, false, false, 'Client profiles of the caller''s suppliers'),
('system', '^system$', 'system', '{}', false, false, false, 'Announcements to all signed-in users');

create table wedsync_data.free_topics (
    pattern text not null,
    description text not null,
    constraint free_topics_pkey primary key (pattern),
    -- raises an error for an invalid regular expression
    constraint free_topics_pattern_valid check (('' ~ pattern) is not null)
);
comment on table wedsync_data.free_topics is 'Patterns of topics that all signed-in users may join for broadcast and presence. Empty by default.';
comment on column wedsync_data.free_topics.pattern is 'Regular expression for the topic without realtime:, such as ^topic:.';
comment on column wedsync_data.free_topics.description is 'Description.';

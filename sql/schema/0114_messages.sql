create table wedsync_data.message_templates (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    title text not null,
    kind text not null default 'message',
    language text,
    subject text,
    body text not null,
    constraint message_templates_pkey primary key (couple_id, id),
    constraint message_templates_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint message_templates_kind_known check (kind in ('message', 'feedback', 'announcement'))
);
comment on table wedsync_data.message_templates is 'Texts for messages with placeholders, such as {{wedding.date}}.';
comment on column wedsync_data.message_templates.title is 'Name of the template.';
comment on column wedsync_data.message_templates.kind is 'message, feedback or announcement.';
comment on column wedsync_data.message_templates.language is 'Language, as a BCP 47 tag such as en or pt-BR.';
comment on column wedsync_data.message_templates.subject is 'Subject.';
comment on column wedsync_data.message_templates.body is 'Text.';

create table wedsync_data.milestones (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    title text not null,
    planned_at timestamptz,
    reached_at timestamptz,
    status text not null default 'planned',
    "position" integer not null default 0,
    is_celebrated boolean not null default true,
    notes text,
    constraint milestones_pkey primary key (couple_id, id),
    constraint milestones_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint milestones_status_known check (status in ('planned', 'reached'))
);
comment on table wedsync_data.milestones is 'Steps on the way to the wedding and of its day, planned and actual.';
comment on column wedsync_data.milestones.title is 'What is reached.';
comment on column wedsync_data.milestones.planned_at is 'When it should be.';
comment on column wedsync_data.milestones.reached_at is 'When it was; null before. Changed by reach_milestone and reopen_milestone.';
comment on column wedsync_data.milestones.status is 'planned or reached; follows reached_at.';
comment on column wedsync_data.milestones."position" is 'Order among the milestones.';
comment on column wedsync_data.milestones.is_celebrated is 'Whether the members of the wedding are told when it is reached.';
comment on column wedsync_data.milestones.notes is 'Notes.';

create table wedsync_data.wedding_messages (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    kind text not null,
    subject text,
    body text not null,
    priority text not null,
    sender_user uuid,
    sender_supplier uuid,
    sender_name text,
    reply_to uuid,
    sent_at timestamptz not null default now(),
    constraint wedding_messages_pkey primary key (couple_id, id),
    constraint wedding_messages_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint wedding_messages_reply_fkey foreign key (couple_id, reply_to) references wedsync_data.wedding_messages (couple_id, id) on delete set null (reply_to),
    constraint wedding_messages_kind_known check (kind in ('message', 'feedback', 'announcement')),
    constraint wedding_messages_priority_known check (priority in ('low', 'normal', 'high')),
    constraint wedding_messages_lengths check (length(subject) <= 200 and length(body) between 1 and 10000)
);
create index wedding_messages_by_reply on wedsync_data.wedding_messages (couple_id, reply_to);
create index wedding_messages_by_sender on wedsync_data.wedding_messages (couple_id, sender_user, sent_at);
create index wedding_messages_by_supplier on wedsync_data.wedding_messages (couple_id, sender_supplier, sent_at) where sender_supplier is not null;
comment on table wedsync_data.wedding_messages is 'Messages between members and suppliers of a wedding. Only senders and recipients read them, in my_messages.';
comment on column wedsync_data.wedding_messages.couple_id is 'The wedding.';
comment on column wedsync_data.wedding_messages.id is 'The message.';
comment on column wedsync_data.wedding_messages.kind is 'message, feedback or announcement.';
comment on column wedsync_data.wedding_messages.subject is 'Subject.';
comment on column wedsync_data.wedding_messages.body is 'Text.';
comment on column wedsync_data.wedding_messages.priority is 'low, normal or high.';
comment on column wedsync_data.wedding_messages.sender_user is 'User who sent it; null for a server.';
comment on column wedsync_data.wedding_messages.sender_supplier is 'Supplier for which the user sent it.';
comment on column wedsync_data.wedding_messages.sender_name is 'Name of the supplier or user when it was sent.';
comment on column wedsync_data.wedding_messages.reply_to is 'Message that it answers.';
comment on column wedsync_data.wedding_messages.sent_at is 'When it was sent.';

create table wedsync_data.wedding_message_recipients (
    couple_id uuid not null,
    message_id uuid not null,
    recipient_id uuid not null,
    is_supplier boolean not null,
    read_at timestamptz,
    read_by uuid,
    constraint wedding_message_recipients_pkey primary key (couple_id, message_id, recipient_id),
    constraint wedding_message_recipients_message_fkey foreign key (couple_id, message_id) references wedsync_data.wedding_messages (couple_id, id) on delete cascade
);
create index wedding_message_recipients_by_recipient on wedsync_data.wedding_message_recipients (couple_id, recipient_id);
comment on table wedsync_data.wedding_message_recipients is 'Recipients of messages, and when they read them. A role is resolved to its members when the message is sent.';
comment on column wedsync_data.wedding_message_recipients.couple_id is 'The wedding.';
comment on column wedsync_data.wedding_message_recipients.message_id is 'The message.';
comment on column wedsync_data.wedding_message_recipients.recipient_id is 'User or supplier.';
comment on column wedsync_data.wedding_message_recipients.is_supplier is 'Whether the recipient is a supplier.';
comment on column wedsync_data.wedding_message_recipients.read_at is 'When it was marked as read; for a supplier by whoever of it was first.';
comment on column wedsync_data.wedding_message_recipients.read_by is 'By whom.';

insert into wedsync_data.rights (right_no, name) values
(71, 'milestones'),
(72, 'templates');
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('message_templates', 'rows', 135, 'templates', 'templates_changed', true, '{id,couple_id}', 'planning-write', 500,
'Texts for messages with placeholders, such as {{wedding.date}}
render_template fills them in.'),
('milestones', 'rows', 136, 'milestones', 'milestone_update', true, '{id,couple_id}', 'planning-write', 500,
'Steps on the way to the wedding and of its day
reach_milestone states that one is reached, milestone_progress sums them up.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items, allowed_values,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('message_templates', 72, 'templates.title', 'title', 'text', 200, null, null, null, null, 'templates', null, 'couple_private', true, 'none', 'Template: name'),
('message_templates', 72, 'templates.kind', 'kind', 'text', 20, null, null, null, '{message,feedback,announcement}', 'templates', null, 'couple_private', true, 'none', 'Template: kind of message'),
('message_templates', 72, 'templates.language', 'language', 'text', 35, null, null, null, null, 'templates', null, 'couple_private', true, 'none', 'Template: language'),
('message_templates', 72, 'templates.subject', 'subject', 'text', 200, null, null, null, null, 'templates', null, 'couple_private', true, 'free_text', 'Template: subject'),
('message_templates', 72, 'templates.body', 'body', 'text', 10000, null, null, null, null, 'templates', null, 'couple_private', true, 'free_text', 'Template: text'),
('milestones', 71, 'milestones.title', 'title', 'text', 200, null, null, null, null, 'milestones', 'standard', 'basic', true, 'free_text', 'Milestone: what is reached'),
('milestones', 71, 'milestones.planned_at', 'planned_at', 'timestamp', null, null, null, null, null, 'milestones', 'standard', 'basic', true, 'none', 'Milestone: when it should be'),
('milestones', 71, 'milestones.reached_at', 'reached_at', 'timestamp', null, null, null, null, null, 'milestones', 'standard', 'basic', false, 'none', 'Milestone: when it was'),
('milestones', 71, 'milestones.status', 'status', 'text', 10, null, null, null, null, 'milestones', 'standard', 'basic', false, 'none', 'Milestone: planned or reached'),
('milestones', 71, 'milestones.position', 'position', 'integer', null, -1000000, 1000000, null, null, 'milestones', 'standard', 'basic', true, 'none', 'Milestone: order'),
('milestones', 71, 'milestones.is_celebrated', 'is_celebrated', 'boolean', null, null, null, null, null, 'milestones', 'standard', 'basic', true, 'none', 'Milestone: whether people are told when it is reached'),
('milestones', 71, 'milestones.notes', 'notes', 'text', 2000, null, null, null, null, 'milestones', 'standard', 'basic', true, 'free_text', 'Milestone: notes');
update wedsync_data.wedding_roles
set readable_names = readable_names || '{templates}', writable_names = writable_names || '{templates}',
    description = 'Plans the wedding: everything except budget and private fields, unless granted, and internal notes of the timeline, documents, submitted photos and templates'
where wedding_role = 'planner';
update wedsync_data.wedding_roles
set readable_names = readable_names || '{milestones}', description = 'Family: reads basic fields, photos and milestones, unless granted more'
where wedding_role = 'family';

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('message-send', 30, 60, 'Sending messages and announcements');
insert into wedsync_data.settings (name, value, description) values
('messages_per_day', '500', 'Most messages of a user at a wedding within 24 hours');
insert into wedsync_internal.error_rules (name, meaning) values
('placeholders_in_double_braces', 'Placeholders must be names in double braces, such as {{wedding.date}}; other double braces are not allowed.'),
('known_placeholder', 'Must be the path of a field, sender.name, or a key of the given data.'),
('readable_placeholder', 'The caller may not read this field.'),
('never_in_messages', 'Budget and private fields cannot be placeholders.');
insert into wedsync_data.notification_kinds (kind, audience, priority, channels, rights, placeholders, reaches_contacts, description) values
('milestone_reached', '{"roles": ["partner", "planner", "family", "friend"]}', 'low', '{push,webhook}', '{milestones}', '{milestone}', false, 'A milestone was reached');
insert into wedsync_data.notification_templates (kind, language, subject, body) values
('milestone_reached', 'en', 'Reached: {milestone}', 'A reason to celebrate: {milestone}'),
('milestone_reached', 'de', 'Geschafft: {milestone}', 'Ein Grund zum Feiern: {milestone}'),
('milestone_reached', 'es', 'Conseguido: {milestone}', 'Un motivo para celebrar: {milestone}');

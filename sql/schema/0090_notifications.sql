create table wedsync_data.notifications (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    supplier_id uuid,
    user_id uuid,
    contact_id uuid,
    recipient_id uuid not null generated always as (coalesce(supplier_id, user_id, contact_id)) stored,
    seq bigint,
    kind text not null,
    title text not null,
    message text,
    right_nos smallint[] not null,
    paths text[] not null,
    changes jsonb not null,
    needs bit(128) not null default repeat('0', 128)::bit(128),
    priority text not null default 'normal',
    reference text,
    changed_by_type text not null,
    created_at timestamptz not null default clock_timestamp(),
    read_at timestamptz,
    read_by uuid,
    constraint notifications_pkey primary key (couple_id, id),
    constraint notifications_once unique (couple_id, supplier_id, seq),
    constraint notifications_once_by_reference unique (couple_id, recipient_id, kind, reference),
    constraint notifications_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint notifications_supplier_fkey foreign key (supplier_id) references wedsync_data.suppliers (id) on delete cascade,
    constraint notifications_one_recipient check (num_nonnulls(supplier_id, user_id, contact_id) = 1),
    constraint notifications_priority_known check (priority in ('low', 'normal', 'high')),
    constraint notifications_reference_length check (length(reference) <= 200),
    -- notifications of events refer to them; those sent by servers have their own text
    constraint notifications_kind_form check ((kind = 'core_fields_updated') = (seq is not null) and kind ~ '^[a-z][a-z0-9_]{0,49}$'),
    constraint notifications_words_given check (length(title) between 1 and 200 and (message is null) = (seq is not null) and length(message) <= 2000)
);
create index notifications_by_supplier on wedsync_data.notifications (supplier_id, created_at);
create index notifications_unread on wedsync_data.notifications (supplier_id, created_at) where read_at is null;
create index notifications_by_user on wedsync_data.notifications (user_id, created_at) where user_id is not null;
comment on table wedsync_data.notifications is 'Notifications of suppliers, users and helpers without a login, with the fields that they could read at that time.';
comment on column wedsync_data.notifications.couple_id is 'The wedding.';
comment on column wedsync_data.notifications.id is 'Notification id.';
comment on column wedsync_data.notifications.supplier_id is 'The recipient, if it is a supplier.';
comment on column wedsync_data.notifications.user_id is 'The recipient, if it is a user.';
comment on column wedsync_data.notifications.contact_id is 'The recipient, if it is a helper without a login.';
comment on column wedsync_data.notifications.recipient_id is 'The recipient of either kind.';
comment on column wedsync_data.notifications.seq is 'Event of the wedding; null for notifications sent by a server.';
comment on column wedsync_data.notifications.kind is 'core_fields_updated, a kind of notification_kinds, or the kind that a server gave.';
comment on column wedsync_data.notifications.title is 'Title, 1 to 200 characters.';
comment on column wedsync_data.notifications.message is 'Text in the language of the recipient, at most 2000 characters; null for notifications of changed fields.';
comment on column wedsync_data.notifications.right_nos is 'Rights of these paths, in the same order: the view shows those that the supplier has when it reads.';
comment on column wedsync_data.notifications.paths is 'Changed paths that the supplier may read.';
comment on column wedsync_data.notifications.changes is 'Those paths and their new values; or the data sent by a server.';
comment on column wedsync_data.notifications.needs is 'Rights without which the notification is hidden; for notifications of changed fields see right_nos.';
comment on column wedsync_data.notifications.priority is 'low, normal or high.';
comment on column wedsync_data.notifications.reference is 'What it is about, such as a task: each recipient is told once of each kind and reference.';
comment on column wedsync_data.notifications.changed_by_type is 'In what capacity the change was made.';
comment on column wedsync_data.notifications.created_at is 'When written; orders the notifications of a supplier.';
comment on column wedsync_data.notifications.read_at is 'When the recipient, or a member of the supplier, marked it as read.';
comment on column wedsync_data.notifications.read_by is 'Who marked it.';

create table wedsync_data.event_readers (
    name text not null,
    position pg_snapshot not null,
    history text,
    read_at timestamptz not null default now(),
    constraint event_readers_pkey primary key (name)
);
comment on table wedsync_data.event_readers is 'Positions of the database''s own readers of the event log.';
comment on column wedsync_data.event_readers.name is 'Reader.';
comment on column wedsync_data.event_readers.position is 'Snapshot of the last read: everything visible in it was read.';
comment on column wedsync_data.event_readers.history is 'Database in which that snapshot is valid; null before the first read.';
comment on column wedsync_data.event_readers.read_at is 'When it was taken.';

-- changes made before the first worker runs are notified as well
insert into wedsync_data.event_readers (name, position) values ('notify_suppliers', pg_current_snapshot());

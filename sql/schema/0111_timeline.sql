create table wedsync_data.timeline_items (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    title text not null,
    category text not null default 'other',
    starts_at timestamptz,
    starts_local text,
    time_zone text,
    duration_minutes integer,
    ends_at timestamptz,
    location text,
    owner text,
    supplier_ids uuid[] not null default '{}',
    participants text[] not null default '{}',
    is_key_moment boolean not null default false,
    rigidity text not null default 'movable',
    min_minutes integer,
    depends_on uuid[] not null default '{}',
    cue text,
    status text not null default 'planned',
    actual_start timestamptz,
    actual_end timestamptz,
    is_locked boolean not null default false,
    uid text,
    sequence integer not null default 0,
    stamped_at timestamptz,
    internal_note text,
    constraint timeline_items_pkey primary key (couple_id, id),
    constraint timeline_items_uid_key unique (couple_id, uid),
    constraint timeline_items_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
create index timeline_items_by_start on wedsync_data.timeline_items (couple_id, starts_at);
comment on table wedsync_data.timeline_items is 'The run of the wedding: what happens when, where and with whom.';
comment on column wedsync_data.timeline_items.title is 'What happens.';
comment on column wedsync_data.timeline_items.category is 'prep, ceremony, photos, cocktail, reception, transport, logistics, personal or other.';
comment on column wedsync_data.timeline_items.starts_at is 'When it starts. Give this or starts_local.';
comment on column wedsync_data.timeline_items.starts_local is 'The same on the clocks of time_zone, as 2027-06-12T14:30. Of a time that occurs twice when the clocks go back, the first. If only time_zone changes, this stays and starts_at follows.';
comment on column wedsync_data.timeline_items.time_zone is 'IANA zone of the place; that of the wedding unless given.';
comment on column wedsync_data.timeline_items.duration_minutes is 'How long it takes; null for a moment.';
comment on column wedsync_data.timeline_items.ends_at is 'When it ends. Give this or duration_minutes.';
comment on column wedsync_data.timeline_items.location is 'Where.';
comment on column wedsync_data.timeline_items.owner is 'Who is responsible.';
comment on column wedsync_data.timeline_items.supplier_ids is 'Suppliers who take part. They see the item in my_timeline.';
comment on column wedsync_data.timeline_items.participants is 'People who take part, by name.';
comment on column wedsync_data.timeline_items.is_key_moment is 'Whether those see it, in my_timeline, who may only read key moments.';
comment on column wedsync_data.timeline_items.rigidity is 'What a delay does to it: fixed never moves, movable keeps its length, buffer absorbs the delay first, compressible shrinks after approval.';
comment on column wedsync_data.timeline_items.min_minutes is 'Shortest length of a buffer (0 if null) or a compressible item.';
comment on column wedsync_data.timeline_items.depends_on is 'Items that must have ended before it starts.';
comment on column wedsync_data.timeline_items.cue is 'What signals its start.';
comment on column wedsync_data.timeline_items.status is 'planned, ready, running, done or skipped.';
comment on column wedsync_data.timeline_items.actual_start is 'When it really started; set with status running unless given.';
comment on column wedsync_data.timeline_items.actual_end is 'When it really ended; set with status done unless given.';
comment on column wedsync_data.timeline_items.is_locked is 'Whether its times are locked: they change only after or together with unlocking.';
comment on column wedsync_data.timeline_items.uid is 'UID in calendars; never changes.';
comment on column wedsync_data.timeline_items.sequence is 'Revision in calendars, incremented when a field shown there changes.';
comment on column wedsync_data.timeline_items.stamped_at is 'Time of that revision.';
comment on column wedsync_data.timeline_items.internal_note is 'Note of couple and planner; never shown to suppliers.';

create table wedsync_data.timeline_proposals (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    from_item uuid not null,
    minutes integer not null,
    changes jsonb not null,
    note text,
    status text not null default 'proposed',
    proposed_by uuid,
    decided_by uuid,
    decided_at timestamptz,
    constraint timeline_proposals_pkey primary key (couple_id, id),
    constraint timeline_proposals_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint timeline_proposals_status_known check (status in ('proposed', 'approved', 'rejected'))
);
comment on table wedsync_data.timeline_proposals is 'Proposed shifts of the timeline, which a partner or planner approves or rejects.';
comment on column wedsync_data.timeline_proposals.from_item is 'Item that is late or early.';
comment on column wedsync_data.timeline_proposals.minutes is 'By how much; negative if early.';
comment on column wedsync_data.timeline_proposals.changes is 'Array of {item_id, starts_at, ends_at, new_starts_at, new_ends_at, ...} as returned by shift_timeline.';
comment on column wedsync_data.timeline_proposals.note is 'Why.';
comment on column wedsync_data.timeline_proposals.status is 'proposed, approved or rejected.';
comment on column wedsync_data.timeline_proposals.proposed_by is 'Who proposed it.';
comment on column wedsync_data.timeline_proposals.decided_by is 'Who approved or rejected it.';
comment on column wedsync_data.timeline_proposals.decided_at is 'When.';

create table wedsync_data.calendar_feeds (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    token_hash bytea not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    constraint calendar_feeds_pkey primary key (couple_id, id),
    constraint calendar_feeds_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
create index calendar_feeds_by_hash on wedsync_data.calendar_feeds (token_hash);
create index calendar_feeds_by_user on wedsync_data.calendar_feeds (couple_id, user_id);
comment on table wedsync_data.calendar_feeds is 'Secret addresses of the timeline for calendar programs, which cannot sign in. Each shows what its user may see. Only hashes of tokens are stored.';
comment on column wedsync_data.calendar_feeds.couple_id is 'The wedding.';
comment on column wedsync_data.calendar_feeds.id is 'Id; it gives no access.';
comment on column wedsync_data.calendar_feeds.token_hash is 'SHA-256 of the token. It has 244 random bits, so a plain hash is enough.';
comment on column wedsync_data.calendar_feeds.user_id is 'The user as whom the feed reads.';
comment on column wedsync_data.calendar_feeds.created_at is 'When it was created.';
comment on column wedsync_data.calendar_feeds.revoked_at is 'When it was revoked.';

-- PostgREST serves the result of a function with this type as text/calendar.
create domain wedsync."text/calendar" as text;
comment on domain wedsync."text/calendar" is 'An iCalendar document (RFC 5545).';
grant usage on type wedsync."text/calendar" to anon, authenticated, service_role, wedsync_admin;
-- PostgREST serves it whatever the client accepts, with the Content-Type that the function sets: calendar programs often accept anything.
create domain wedsync."*/*" as text;
comment on domain wedsync."*/*" is 'A document whose Content-Type the function sets.';
grant usage on type wedsync."*/*" to anon, authenticated, service_role, wedsync_admin;

insert into wedsync_data.rights (right_no, name) values
(61, 'timeline.items'),
(62, 'timeline.internal');
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('timeline_items', 'rows', 115, 'timeline.items', 'timeline_update', true, '{id,couple_id}', 'planning-write', 1000, 'Timeline items of the weddings that the caller can access
Those who may not read all items see theirs in my_timeline.'),
('timeline_proposals', 'rows', 116, 'timelineInternal.proposals', 'timeline_proposal', true, '{id,couple_id}', 'planning-write', 500, 'Proposed shifts of the timeline
shift_timeline creates them, decide_timeline_shift approves or rejects them.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items,
    field_group, access_level, sensitivity_class, merge_kind, is_writable, personal_data, description
) values
('timeline_items', 61, 'timeline.items.title', 'title', 'text', 200, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: what happens'),
('timeline_items', 61, 'timeline.items.category', 'category', 'text', 20, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: category'),
('timeline_items', 61, 'timeline.items.starts_at', 'starts_at', 'timestamp', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: start'),
('timeline_items', 61, 'timeline.items.starts_local', 'starts_local', 'text', 16, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: start on local clocks'),
('timeline_items', 61, 'timeline.items.time_zone', 'time_zone', 'time_zone', 64, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: time zone'),
('timeline_items', 61, 'timeline.items.duration_minutes', 'duration_minutes', 'integer', null, 0, 20160, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: length in minutes'),
('timeline_items', 61, 'timeline.items.ends_at', 'ends_at', 'timestamp', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: end'),
('timeline_items', 61, 'timeline.items.location', 'location', 'text', 300, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'location', 'Timeline item: where'),
('timeline_items', 61, 'timeline.items.owner', 'owner', 'text', 200, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'name', 'Timeline item: who is responsible'),
('timeline_items', 61, 'timeline.items.supplier_ids', 'supplier_ids', 'text_set', 36, null, null, 50, 'timeline', 'standard', 'basic', 'set', true, 'none', 'Timeline item: suppliers who take part'),
('timeline_items', 61, 'timeline.items.participants', 'participants', 'text_list', 200, null, null, 200, 'timeline', 'standard', 'basic', 'set', true, 'name', 'Timeline item: people who take part'),
('timeline_items', 61, 'timeline.items.is_key_moment', 'is_key_moment', 'boolean', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: whether it is a key moment'),
('timeline_items', 61, 'timeline.items.rigidity', 'rigidity', 'text', 20, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: fixed, movable, buffer or compressible'),
('timeline_items', 61, 'timeline.items.min_minutes', 'min_minutes', 'integer', null, 0, 20160, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: shortest length in minutes'),
('timeline_items', 61, 'timeline.items.depends_on', 'depends_on', 'text_set', 36, null, null, 10, 'timeline', 'standard', 'basic', 'set', true, 'none', 'Timeline item: items that must have ended before'),
('timeline_items', 61, 'timeline.items.cue', 'cue', 'text', 1000, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'free_text', 'Timeline item: cue'),
('timeline_items', 61, 'timeline.items.status', 'status', 'text', 20, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: planned, ready, running, done or skipped'),
('timeline_items', 61, 'timeline.items.actual_start', 'actual_start', 'timestamp', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: actual start'),
('timeline_items', 61, 'timeline.items.actual_end', 'actual_end', 'timestamp', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: actual end'),
('timeline_items', 61, 'timeline.items.is_locked', 'is_locked', 'boolean', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', true, 'none', 'Timeline item: whether its times are locked'),
('timeline_items', 61, 'timeline.items.uid', 'uid', 'text', 255, null, null, null, 'timeline', 'standard', 'basic', 'scalar', false, 'none', 'Timeline item: UID in calendars'),
('timeline_items', 61, 'timeline.items.sequence', 'sequence', 'integer', null, 0, 2147483647, null, 'timeline', 'standard', 'basic', 'scalar', false, 'none', 'Timeline item: revision in calendars'),
('timeline_items', 61, 'timeline.items.stamped_at', 'stamped_at', 'timestamp', null, null, null, null, 'timeline', 'standard', 'basic', 'scalar', false, 'none', 'Timeline item: time of the revision'),
('timeline_items', 62, 'timelineInternal.note', 'internal_note', 'text', 5000, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', true, 'free_text', 'Timeline item: note of couple and planner'),
('timeline_proposals', 62, 'timelineInternal.proposals.from_item', 'from_item', 'uuid', null, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: item'),
('timeline_proposals', 62, 'timelineInternal.proposals.minutes', 'minutes', 'integer', null, -10080, 10080, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: minutes'),
('timeline_proposals', 62, 'timelineInternal.proposals.changes', 'changes', 'json', 1048576, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: changes of items'),
('timeline_proposals', 62, 'timelineInternal.proposals.note', 'note', 'text', 1000, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', true, 'free_text', 'Proposed shift: why'),
('timeline_proposals', 62, 'timelineInternal.proposals.status', 'status', 'text', 20, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: proposed, approved or rejected'),
('timeline_proposals', 62, 'timelineInternal.proposals.proposed_by', 'proposed_by', 'uuid', null, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: by whom'),
('timeline_proposals', 62, 'timelineInternal.proposals.decided_by', 'decided_by', 'uuid', null, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: who decided'),
('timeline_proposals', 62, 'timelineInternal.proposals.decided_at', 'decided_at', 'timestamp', null, null, null, null, 'timeline_internal', null, 'couple_private', 'scalar', false, 'none', 'Proposed shift: when that was');
-- private to the couple, so that no supplier gets it; planners read and write it by their role
update wedsync_data.wedding_roles
set readable_names = readable_names || '{timeline_internal}', writable_names = writable_names || '{timeline_internal}',
    description = 'Plans the wedding: everything except budget and private fields, unless granted, and internal notes of the timeline'
where wedding_role = 'planner';

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('timeline-calendar', 60, 60, 'Reading the timeline as a calendar'),
('timeline-import', 10, 60, 'Importing calendars into the timeline'),
('calendar-feed', 60, 3600, 'Reading a calendar by its secret address, per address');
insert into wedsync_data.settings (name, value, description) values
('timeline_travel_minutes', '15', 'Less time than this between two items of the same people at different locations is reported as a problem'),
('timeline_break_minutes', '240', 'A pause of more than so many minutes in the timeline ends a delay, such as the night before the next day'),
('calendar_feeds_per_user', '5', 'Most valid secret calendar addresses of a user for one wedding'),
('calendar_max_bytes', '1048576', 'Largest calendar accepted by import_timeline, in bytes');
insert into wedsync_internal.error_rules (name, meaning) values
('local_time_as_YYYY-MM-DDTHH:MM', 'Must be a local time, such as 2027-06-12T14:30.'),
('time_skipped_by_the_clocks', 'On this day the clocks go forward and skip this time. Choose an earlier or a later one.'),
('timeline_category', 'Must be prep, ceremony, photos, cocktail, reception, transport, logistics, personal or other.'),
('timeline_rigidity', 'Must be fixed, movable, buffer or compressible.'),
('timeline_status', 'Must be planned, ready, running, done or skipped.'),
('at_most_the_duration', 'Must not be longer than duration_minutes.'),
('known_timeline_items', 'Must be ids of other items of the same timeline.'),
('no_cycle', 'An item cannot depend on itself, directly or through others.'),
('suppliers_of_the_wedding', 'Must be ids of suppliers connected to the wedding.'),
('end_not_before_start', 'Must not be before the start.'),
('locked_item', 'The times of the item are locked. Set is_locked to false first, or in the same change.');
-- who sees only a part of the timeline hears no events of it
insert into wedsync_data.notification_kinds (kind, audience, priority, channels, rights, placeholders, reaches_contacts, expires_after, description) values
('timeline_changed', '{}', 'normal', '{email,push,webhook}', '{}', '{item,summary}', false, interval '12 hours', 'Timeline items of a supplier have changed');
insert into wedsync_data.notification_templates (kind, language, subject, body) values
('timeline_changed', 'en', 'The timeline has changed: {item}', '{summary}'),
('timeline_changed', 'de', 'Der Ablauf hat sich geändert: {item}', '{summary}'),
('timeline_changed', 'es', 'El programa ha cambiado: {item}', '{summary}');

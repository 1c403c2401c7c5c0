create table wedsync_data.wedding_events (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    name text not null,
    kind text not null default 'other',
    starts_at timestamptz,
    ends_at timestamptz,
    place text,
    position integer,
    is_main boolean not null default false,
    dietary_counts jsonb,
    constraint wedding_events_pkey primary key (couple_id, id),
    constraint wedding_events_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint wedding_events_kind_known check (kind in ('ceremony', 'reception', 'dinner', 'party', 'brunch', 'rehearsal', 'welcome', 'civil', 'mehndi', 'sangeet', 'haldi', 'tea', 'other')),
    constraint wedding_events_order check (ends_at >= starts_at)
);
comment on table wedsync_data.wedding_events is 'Events of a wedding to which guests are invited, such as the ceremony, the dinner or the brunch.';
comment on column wedsync_data.wedding_events.name is 'Name.';
comment on column wedsync_data.wedding_events.kind is 'ceremony, reception, dinner, party, brunch, rehearsal, welcome, civil, mehndi, sangeet, haldi, tea or other.';
comment on column wedsync_data.wedding_events.starts_at is 'When it starts.';
comment on column wedsync_data.wedding_events.ends_at is 'When it ends.';
comment on column wedsync_data.wedding_events.place is 'Where it takes place.';
comment on column wedsync_data.wedding_events.position is 'Order in which events are listed.';
comment on column wedsync_data.wedding_events.is_main is 'Whether the guest numbers of the wedding count the replies to this event. Without a main event, a guest counts who attends any.';
comment on column wedsync_data.wedding_events.dietary_counts is 'Needs of the guests who attend, as numbers without names; kept by the database.';

create table wedsync_data.meal_options (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    event_id uuid not null,
    name text not null,
    diets text[] not null default '{}',
    constraint meal_options_pkey primary key (couple_id, id),
    constraint meal_options_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint meal_options_event_key unique (couple_id, event_id, id),
    constraint meal_options_name_key unique (couple_id, event_id, name),
    constraint meal_options_event_fkey foreign key (couple_id, event_id) references wedsync_data.wedding_events (couple_id, id) on delete cascade
);
comment on table wedsync_data.meal_options is 'Meals from which guests can choose at an event.';
comment on column wedsync_data.meal_options.event_id is 'The event.';
comment on column wedsync_data.meal_options.name is 'Name.';
comment on column wedsync_data.meal_options.diets is 'Diets that the meal suits.';

insert into wedsync_data.rights (right_no, name) values
(57, 'events'),
(58, 'guests.dietaryCounts');

insert into wedsync_data.record_catalog (
    record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description
) values
('wedding_events', 'rows', 40, 'events', 'guest_update', true, '{id,couple_id}', 'guests-write', 100, 'Events of a wedding to which guests are invited.
With is_main, the guest numbers of the wedding count the replies to the event.'),
('meal_options', 'rows', 41, 'events.meals', 'guest_update', true, '{id,couple_id}', 'guests-write', 1000, 'Meals from which guests can choose at an event.');

insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('wedding_events', 57, 'events.name', 'name', 'text', 200, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Event: name'),
('wedding_events', 57, 'events.kind', 'kind', 'text', 20, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Event: kind'),
('wedding_events', 57, 'events.startsAt', 'starts_at', 'timestamp', null, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Event: start'),
('wedding_events', 57, 'events.endsAt', 'ends_at', 'timestamp', null, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Event: end'),
('wedding_events', 57, 'events.place', 'place', 'text', 500, null, null, null, 'events', 'basic', 'basic', true, 'location', 'Event: place'),
('wedding_events', 57, 'events.position', 'position', 'integer', null, 0, 1000, null, 'events', 'basic', 'basic', true, 'none', 'Event: position in lists'),
('wedding_events', 57, 'events.isMain', 'is_main', 'boolean', null, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Event: whether the guest numbers count its replies'),
('wedding_events', 58, 'guests.dietaryCounts', 'dietary_counts', 'json', 100000, null, null, null, 'guests', 'standard', 'basic', false, 'none', 'Event: needs of the guests who attend, as numbers'),
('meal_options', 57, 'events.meals.eventId', 'event_id', 'uuid', null, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Meal: the event'),
('meal_options', 57, 'events.meals.name', 'name', 'text', 100, null, null, null, 'events', 'basic', 'basic', true, 'none', 'Meal: name'),
('meal_options', 57, 'events.meals.diets', 'diets', 'text_set', 50, null, null, 20, 'events', 'basic', 'basic', true, 'none', 'Meal: diets that it suits');

insert into wedsync_internal.error_rules (name, meaning) values
('event_kind', 'Must be one of the kinds of events that the comment on wedding_events.kind lists.'),
('not_before_the_start', 'Must not be before the start.');

create table wedsync_data.seating_tables (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    event_id uuid not null,
    name text not null,
    capacity smallint not null,
    shape text not null default 'round',
    x integer,
    y integer,
    is_locked boolean not null default false,
    constraint seating_tables_pkey primary key (couple_id, id),
    constraint seating_tables_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint seating_tables_event_key unique (couple_id, event_id, id),
    constraint seating_tables_name_key unique (couple_id, event_id, name),
    constraint seating_tables_event_fkey foreign key (couple_id, event_id) references wedsync_data.wedding_events (couple_id, id) on delete cascade,
    constraint seating_tables_shape_known check (shape in ('round', 'square', 'rectangle', 'oval', 'row')),
    constraint seating_tables_capacity_range check (capacity between 1 and 1000)
);
comment on table wedsync_data.seating_tables is 'Tables of an event, on its seating plan.';
comment on column wedsync_data.seating_tables.event_id is 'The event.';
comment on column wedsync_data.seating_tables.name is 'Name or number.';
comment on column wedsync_data.seating_tables.capacity is 'Number of seats.';
comment on column wedsync_data.seating_tables.shape is 'round, square, rectangle, oval or row.';
comment on column wedsync_data.seating_tables.x is 'Position on the plan in centimetres, from the left.';
comment on column wedsync_data.seating_tables.y is 'Position on the plan in centimetres, from the top.';
comment on column wedsync_data.seating_tables.is_locked is 'Whether the seats of the table are protected from changes.';

create table wedsync_data.seats (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    event_id uuid not null,
    table_id uuid not null,
    number smallint,
    guest_id uuid not null,
    constraint seats_pkey primary key (couple_id, id),
    constraint seats_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint seats_table_fkey foreign key (couple_id, event_id, table_id) references wedsync_data.seating_tables (couple_id, event_id, id) on delete cascade,
    constraint seats_guest_fkey foreign key (couple_id, guest_id) references wedsync_data.guests (couple_id, id) on delete cascade,
    constraint seats_guest_key unique (couple_id, guest_id, event_id),
    constraint seats_number_key unique (couple_id, table_id, number),
    constraint seats_number_range check (number between 1 and 1000)
);
create index seats_by_table on wedsync_data.seats (couple_id, event_id, table_id);
comment on table wedsync_data.seats is 'Who sits where.';
comment on column wedsync_data.seats.event_id is 'The event; that of the table.';
comment on column wedsync_data.seats.table_id is 'The table.';
comment on column wedsync_data.seats.number is 'Number of the seat at the table; null for any.';
comment on column wedsync_data.seats.guest_id is 'The guest.';

insert into wedsync_data.rights (right_no, name) values
(55, 'guests.seating');

insert into wedsync_data.record_catalog (
    record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description
) values
('seats', 'rows', 44, 'seating.seats', 'guest_update', true, '{id,couple_id}', 'guests-write', 200000, 'Who sits where: each guest once per event, no more guests at a table than it has seats.'),
('seating_tables', 'rows', 45, 'seating.tables', 'guest_update', true, '{id,couple_id}', 'guests-write', 5000, 'Tables of an event, on its seating plan
The seats of a locked table cannot be changed.');

insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('seating_tables', 55, 'seating.tables.eventId', 'event_id', 'uuid', null, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Table: the event'),
('seating_tables', 55, 'seating.tables.name', 'name', 'text', 100, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Table: name'),
('seating_tables', 55, 'seating.tables.capacity', 'capacity', 'integer', null, 1, 1000, null, 'seating', 'full', 'basic', true, 'none', 'Table: seats'),
('seating_tables', 55, 'seating.tables.shape', 'shape', 'text', 20, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Table: shape'),
('seating_tables', 55, 'seating.tables.x', 'x', 'integer', null, -1000000, 1000000, null, 'seating', 'full', 'basic', true, 'none', 'Table: position from the left'),
('seating_tables', 55, 'seating.tables.y', 'y', 'integer', null, -1000000, 1000000, null, 'seating', 'full', 'basic', true, 'none', 'Table: position from the top'),
('seating_tables', 55, 'seating.tables.isLocked', 'is_locked', 'boolean', null, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Table: whether its seats are protected'),
('seats', 55, 'seating.seats.eventId', 'event_id', 'uuid', null, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Seat: the event'),
('seats', 55, 'seating.seats.tableId', 'table_id', 'uuid', null, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Seat: the table'),
('seats', 55, 'seating.seats.number', 'number', 'integer', null, 1, 1000, null, 'seating', 'full', 'basic', true, 'none', 'Seat: number'),
('seats', 55, 'seating.seats.guestId', 'guest_id', 'uuid', null, null, null, null, 'seating', 'full', 'basic', true, 'none', 'Seat: the guest');

insert into wedsync_internal.error_rules (name, meaning) values
('table_shape', 'Must be round, square, rectangle, oval or row.'),
('table_is_full', 'The table has no free seat. Raise its capacity or choose another.'),
('table_is_locked', 'The table is locked. Unlock it first.'),
('seats_are_taken', 'More guests sit at the table, or on higher numbers, than this capacity allows; a table with guests stays at its event.'),
('number_within_capacity', 'Must not exceed the capacity of the table.'),
('table_of_the_event', 'Must be the id of a table of the same event.'),
('seated_once', 'The guest already sits at another table of this event, or the seat is taken.');

create table wedsync_data.guests_apart (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    guest_id uuid not null,
    other_id uuid not null,
    reason text,
    constraint guests_apart_pkey primary key (couple_id, id),
    constraint guests_apart_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint guests_apart_pair_key unique (couple_id, guest_id, other_id),
    constraint guests_apart_guest_fkey foreign key (couple_id, guest_id) references wedsync_data.guests (couple_id, id) on delete cascade,
    constraint guests_apart_other_fkey foreign key (couple_id, other_id) references wedsync_data.guests (couple_id, id) on delete cascade,
    constraint guests_apart_ordered check (guest_id <= other_id)
);
create index guests_apart_by_other on wedsync_data.guests_apart (couple_id, other_id);
comment on table wedsync_data.guests_apart is 'Guests whom the couple does not want at one table.';
comment on column wedsync_data.guests_apart.guest_id is 'One of them.';
comment on column wedsync_data.guests_apart.other_id is 'The other one.';
comment on column wedsync_data.guests_apart.reason is 'Why.';

insert into wedsync_data.record_catalog (
    record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description
) values
('guests_apart', 'rows', 42, 'guests.private.apart', 'guest_update', true, '{id,couple_id}', 'guests-write', 5000, 'Guests whom the couple does not want at one table
seating_problems lists those who are.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('guests_apart', 56, 'guests.private.apart.guestId', 'guest_id', 'uuid', null, 'guests', null, 'couple_private', true, 'none', 'Guests apart: one guest'),
('guests_apart', 56, 'guests.private.apart.otherId', 'other_id', 'uuid', null, 'guests', null, 'couple_private', true, 'none', 'Guests apart: the other'),
('guests_apart', 56, 'guests.private.apart.reason', 'reason', 'text', 500, 'guests', null, 'couple_private', true, 'free_text', 'Guests apart: why');
insert into wedsync_internal.error_rules (name, meaning) values
('two_guests', 'Must be two different guests.');

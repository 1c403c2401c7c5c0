create table wedsync_data.rsvp_statuses (
    status text not null,
    aliases text[] not null,
    partstat text not null,
    rsvp_response text,
    position smallint not null,
    description text not null,
    constraint rsvp_statuses_pkey primary key (status)
);
comment on table wedsync_data.rsvp_statuses is 'Replies of guests, with the words of lists for them, and their names in iCalendar and schema.org.';
comment on column wedsync_data.rsvp_statuses.status is 'Name.';
comment on column wedsync_data.rsvp_statuses.aliases is 'Other words in lower case.';
comment on column wedsync_data.rsvp_statuses.partstat is 'PARTSTAT of iCalendar (RFC 5545).';
comment on column wedsync_data.rsvp_statuses.rsvp_response is 'RsvpResponseType of schema.org; null where it has none.';
comment on column wedsync_data.rsvp_statuses.position is 'Order in which they are listed.';
comment on column wedsync_data.rsvp_statuses.description is 'Description.';
insert into wedsync_data.rsvp_statuses (status, aliases, partstat, rsvp_response, position, description) values
('pending', '{invited,no response,no reply,awaiting reply,awaiting,not answered,unanswered,sent,offen,ausstehend,eingeladen,pendiente,sin respuesta,needs-action}', 'NEEDS-ACTION', null, 1, 'Invited, no reply yet'),
('attending', '{yes,y,accepted,accepts,confirmed,going,coming,will attend,joyfully accepts,true,ja,zugesagt,zusage,kommt,sí,si,confirmado,asiste,rsvpresponseyes}', 'ACCEPTED', 'https://schema.org/RsvpResponseYes', 2, 'Comes'),
('declined', '{no,n,regrets,declines,not attending,not going,not coming,will not attend,regretfully declines,false,nein,abgesagt,absage,rechazado,no asiste,rsvpresponseno}', 'DECLINED', 'https://schema.org/RsvpResponseNo', 3, 'Does not come'),
('tentative', '{maybe,unsure,perhaps,vielleicht,quizás,quizas,tal vez,rsvpresponsemaybe}', 'TENTATIVE', 'https://schema.org/RsvpResponseMaybe', 4, 'Perhaps'),
('waitlist', '{waiting list,waitlisted,wait list,warteliste,lista de espera}', 'NEEDS-ACTION', null, 5, 'Comes if there is room'),
('cancelled', '{canceled,cancellation,storniert,cancelado}', 'DECLINED', 'https://schema.org/RsvpResponseNo', 6, 'Had accepted, and does not come after all');

create table wedsync_data.rsvps (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    event_id uuid not null,
    guest_id uuid not null,
    status text not null default 'pending',
    meal_option_id uuid,
    additional_guests smallint not null default 0,
    comment text,
    answered_at timestamptz,
    answered_via text,
    constraint rsvps_pkey primary key (couple_id, id),
    constraint rsvps_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint rsvps_guest_key unique (couple_id, guest_id, event_id),
    constraint rsvps_guest_fkey foreign key (couple_id, guest_id) references wedsync_data.guests (couple_id, id) on delete cascade,
    constraint rsvps_event_fkey foreign key (couple_id, event_id) references wedsync_data.wedding_events (couple_id, id) on delete cascade,
    constraint rsvps_meal_fkey foreign key (couple_id, event_id, meal_option_id) references wedsync_data.meal_options (couple_id, event_id, id) on delete set null (meal_option_id),
    constraint rsvps_status_known check (status in ('pending', 'attending', 'declined', 'tentative', 'waitlist', 'cancelled')),
    constraint rsvps_answered_via_known check (answered_via in ('member', 'invitation', 'import', 'server')),
    constraint rsvps_additional_guests_range check (additional_guests between 0 and 20),
    constraint rsvps_only_who_comes_brings_guests check (additional_guests = 0 or status in ('attending', 'tentative', 'waitlist'))
);
create index rsvps_by_event on wedsync_data.rsvps (couple_id, event_id, meal_option_id);
comment on table wedsync_data.rsvps is 'Invitations of guests to events, with their replies. A guest without a row is not invited to the event.';
comment on column wedsync_data.rsvps.event_id is 'The event.';
comment on column wedsync_data.rsvps.guest_id is 'The guest.';
comment on column wedsync_data.rsvps.status is 'Name in wedsync_data.rsvp_statuses: pending, attending, declined, tentative, waitlist or cancelled.';
comment on column wedsync_data.rsvps.meal_option_id is 'Meal that the guest chose.';
comment on column wedsync_data.rsvps.additional_guests is 'Companions who come along and have no row of their own.';
comment on column wedsync_data.rsvps.comment is 'Comment of the guest.';
comment on column wedsync_data.rsvps.answered_at is 'When the guest last replied.';
comment on column wedsync_data.rsvps.answered_via is 'How: member, invitation, import or server.';

create table wedsync_data.rsvp_codes (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    household_id uuid not null,
    code_hash bytea not null,
    uses_left smallint not null,
    created_by uuid,
    created_at timestamptz not null default clock_timestamp(),
    valid_until timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    constraint rsvp_codes_pkey primary key (couple_id, id),
    constraint rsvp_codes_hash_key unique (code_hash),
    constraint rsvp_codes_household_fkey foreign key (couple_id, household_id) references wedsync_data.households (couple_id, id) on delete cascade,
    constraint rsvp_codes_uses_range check (uses_left between 0 and 20)
);
create index rsvp_codes_by_household on wedsync_data.rsvp_codes (couple_id, household_id);
comment on table wedsync_data.rsvp_codes is 'Codes by which households reply without signing in. Only hashes are stored.';
comment on column wedsync_data.rsvp_codes.couple_id is 'The wedding.';
comment on column wedsync_data.rsvp_codes.id is 'Id; it grants nothing.';
comment on column wedsync_data.rsvp_codes.household_id is 'The household that replies.';
comment on column wedsync_data.rsvp_codes.code_hash is 'SHA-256 of the code. It has 80 random bits, so a plain hash is enough.';
comment on column wedsync_data.rsvp_codes.uses_left is 'How many more times it can be used for a reply.';
comment on column wedsync_data.rsvp_codes.created_by is 'Who created it.';
comment on column wedsync_data.rsvp_codes.created_at is 'When created.';
comment on column wedsync_data.rsvp_codes.valid_until is 'Not valid from this moment on.';
comment on column wedsync_data.rsvp_codes.used_at is 'When it was last used for a reply.';
comment on column wedsync_data.rsvp_codes.revoked_at is 'When it was revoked.';

create table wedsync_data.dietary_messages (
    couple_id uuid not null,
    event_id uuid not null,
    counts jsonb not null,
    sent_at timestamptz not null default clock_timestamp(),
    constraint dietary_messages_pkey primary key (couple_id, event_id),
    constraint dietary_messages_event_fkey foreign key (couple_id, event_id) references wedsync_data.wedding_events (couple_id, id) on delete cascade
);
comment on table wedsync_data.dietary_messages is 'The dietary counts of an event as caterers were last told them, so that the next message says what changed.';
comment on column wedsync_data.dietary_messages.couple_id is 'The wedding.';
comment on column wedsync_data.dietary_messages.event_id is 'The event.';
comment on column wedsync_data.dietary_messages.counts is 'Counts in the last message.';
comment on column wedsync_data.dietary_messages.sent_at is 'When it was sent.';

create unlogged table wedsync_data.guest_settlements (
    couple_id uuid not null,
    constraint guest_settlements_pkey primary key (couple_id)
);
comment on table wedsync_data.guest_settlements is 'Weddings whose replies or guests this transaction has changed: their numbers are brought up to date once, when it ends. Empty between transactions.';
comment on column wedsync_data.guest_settlements.couple_id is 'The wedding.';

alter table wedsync_data.supplier_categories add column prepares_food boolean not null default false;
comment on column wedsync_data.supplier_categories.prepares_food is 'Whether suppliers of the category are told of changed diets and allergies.';
update wedsync_data.supplier_categories set prepares_food = true where category in ('caterer', 'baker', 'bar', 'venue');

insert into wedsync_data.rights (right_no, name) values
(54, 'guests.rsvp');

insert into wedsync_data.record_catalog (
    record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description
) values
('rsvps', 'rows', 43, 'guests.rsvp', 'guest_update', true, '{id,couple_id}', 'guests-write', 500000, 'Invitations of guests to events, with their replies
A guest without a row is not invited to the event. record_rsvp stores replies with what the kitchen needs to know; answered_at and answered_via are kept by the database.');

insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('rsvps', 54, 'guests.rsvp.eventId', 'event_id', 'uuid', null, null, null, null, 'guests', 'full', 'basic', true, 'none', 'Reply: the event'),
('rsvps', 54, 'guests.rsvp.guestId', 'guest_id', 'uuid', null, null, null, null, 'guests', 'full', 'basic', true, 'none', 'Reply: the guest'),
('rsvps', 54, 'guests.rsvp.status', 'status', 'text', 20, null, null, null, 'guests', 'full', 'basic', true, 'none', 'Reply: status'),
('rsvps', 54, 'guests.rsvp.mealOptionId', 'meal_option_id', 'uuid', null, null, null, null, 'guests', 'full', 'basic', true, 'none', 'Reply: meal'),
('rsvps', 54, 'guests.rsvp.additionalGuests', 'additional_guests', 'integer', null, 0, 20, null, 'guests', 'full', 'basic', true, 'none', 'Reply: companions without a row of their own'),
('rsvps', 54, 'guests.rsvp.comment', 'comment', 'text', 1000, null, null, null, 'guests', 'full', 'basic', true, 'free_text', 'Reply: comment'),
('rsvps', 54, 'guests.rsvp.answeredAt', 'answered_at', 'timestamp', null, null, null, null, 'guests', 'full', 'basic', false, 'none', 'Reply: when');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, allowed_values, field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('rsvps', 54, 'guests.rsvp.answeredVia', 'answered_via', 'text', 20, '{member,invitation,import,server}', 'guests', 'full', 'basic', false, 'none', 'Reply: how');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('rsvp-codes', 20, 60, 'Creating and revoking invitation codes'),
('rsvp-by-code', 20, 60, 'Reading an invitation and replying with a code, for each code'),
('rsvp-by-anyone', 300, 60, 'Reading invitations and replying with codes, for each sixteenth of all codes');

insert into wedsync_data.settings (name, value, description) values
('rsvp_code_days', '90', 'Days that an invitation code is valid by default');

insert into wedsync_internal.error_rules (name, meaning) values
('rsvp_status', 'Must be pending, attending, declined, tentative, waitlist or cancelled.'),
('only_who_comes_brings_guests', 'Additional guests need a status of attending, tentative or waitlist.'),
('meal_of_the_event', 'Must be the id of a meal of the same event.'),
('meal_is_chosen', 'Guests have chosen this meal, so it stays at its event. Add a meal to the other event.');

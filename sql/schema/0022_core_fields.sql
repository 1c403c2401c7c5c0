-- Domains instead of table CHECK constraints: PostgreSQL prepares the latter for each statement, those of a domain once per session.
create domain wedsync_data.address_document as jsonb
constraint address_document_keys check (jsonb_typeof(value) = 'object' and value - '{line1,line2,city,region,postcode,country}'::text[] = '{}');
comment on domain wedsync_data.address_document is 'An address: line1, line2, city, region, postcode, country.';
create domain wedsync_data.venue_document as jsonb
constraint venue_document_keys check (jsonb_typeof(value) = 'object' and value - '{name,address,contact_person,contact_phone,notes}'::text[] = '{}');
comment on domain wedsync_data.venue_document is 'A venue: name, address, contact_person, contact_phone, notes.';
create domain wedsync_data.guest_count_document as jsonb
constraint guest_count_document_keys check (jsonb_typeof(value) = 'object' and value - '{adults,children,total,confirmed,pending}'::text[] = '{}');
comment on domain wedsync_data.guest_count_document is 'Guest numbers: adults, children, total, confirmed, pending.';
create domain wedsync_data.sharing_document as jsonb
constraint sharing_document_keys check (jsonb_typeof(value) = 'object' and value - '{auto_share_basic,require_approval}'::text[] = '{}');
comment on domain wedsync_data.sharing_document is 'Sharing preferences: auto_share_basic, require_approval.';

create table wedsync_data.core_fields (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    partner1_name varchar(100),
    partner1_email varchar(255),
    partner1_phone varchar(20),
    partner2_name varchar(100),
    partner2_email varchar(255),
    partner2_phone varchar(20),
    couple_address wedsync_data.address_document not null default '{}',
    private_notes varchar(10000),
    wedding_date date,
    time_zone text not null default 'UTC',
    ceremony_venue wedsync_data.venue_document not null default '{}',
    reception_venue wedsync_data.venue_document not null default '{}',
    guest_count wedsync_data.guest_count_document not null default '{"adults": null, "children": null, "total": null, "confirmed": 0, "pending": 0}',
    wedding_style text[] not null default '{}',
    wedding_colors text[] not null default '{}',
    ceremony_time time,
    reception_time time,
    budget_total numeric(14, 2),
    budget_currency text,
    sharing_preferences wedsync_data.sharing_document not null default '{"auto_share_basic": true, "require_approval": false}',
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint core_fields_pkey primary key (couple_id),
    constraint core_fields_id_key unique (id),
    constraint core_fields_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint budget_not_negative check (budget_total >= 0)
) with (fillfactor = 70, toast_tuple_target = 8160);
create index core_fields_by_wedding_date on wedsync_data.core_fields (wedding_date);
comment on table wedsync_data.core_fields is 'The one true copy of a wedding''s shared facts, one row per couple. Every change of a row is validated, versioned, audited and announced by trigger.';
comment on column wedsync_data.core_fields.couple_id is 'The wedding.';
comment on column wedsync_data.core_fields.id is 'Record id.';
comment on column wedsync_data.core_fields.partner1_name is 'First partner''s name.';
comment on column wedsync_data.core_fields.partner1_email is 'First partner''s e-mail address.';
comment on column wedsync_data.core_fields.partner1_phone is 'First partner''s phone.';
comment on column wedsync_data.core_fields.partner2_name is 'Second partner''s name.';
comment on column wedsync_data.core_fields.partner2_email is 'Second partner''s e-mail address.';
comment on column wedsync_data.core_fields.partner2_phone is 'Second partner''s phone.';
comment on column wedsync_data.core_fields.couple_address is 'Object: line1, line2, city, region, postcode, country.';
comment on column wedsync_data.core_fields.private_notes is 'Notes of the couple; never shown to suppliers.';
comment on column wedsync_data.core_fields.wedding_date is 'Date in the wedding''s time zone.';
comment on column wedsync_data.core_fields.time_zone is 'IANA name of the wedding''s time zone.';
comment on column wedsync_data.core_fields.ceremony_venue is 'Object: name, address, contact_person, contact_phone, notes.';
comment on column wedsync_data.core_fields.reception_venue is 'Object: name, address, contact_person, contact_phone, notes.';
comment on column wedsync_data.core_fields.guest_count is 'Object: adults, children, total, confirmed, pending.';
comment on column wedsync_data.core_fields.wedding_style is 'Set of style words.';
comment on column wedsync_data.core_fields.wedding_colors is 'Set of colours, #RRGGBB.';
comment on column wedsync_data.core_fields.ceremony_time is 'Local time in the wedding''s zone.';
comment on column wedsync_data.core_fields.reception_time is 'Local time in the wedding''s zone.';
comment on column wedsync_data.core_fields.budget_total is 'Total budget; never shown to suppliers.';
comment on column wedsync_data.core_fields.budget_currency is 'ISO 4217 code; never shown to suppliers.';
comment on column wedsync_data.core_fields.sharing_preferences is 'Object: auto_share_basic, require_approval.';
comment on column wedsync_data.core_fields.version_number is 'Version of the wedding''s record when this row last changed.';
comment on column wedsync_data.core_fields.last_updated_by is 'User who last changed the row; null for the system.';
comment on column wedsync_data.core_fields.created_at is 'When the row was created.';
comment on column wedsync_data.core_fields.updated_at is 'When the row last changed.';

create table wedsync_data.wedding_clocks (
    couple_id uuid not null,
    seq bigint not null default 0,
    version integer not null default 0,
    right_versions integer[] not null default array_fill(0, array[128]),
    right_times timestamptz[] not null default '{}',
    right_actors uuid[] not null default '{}',
    recent_rights smallint[] not null default '{}',
    chain_no bigint not null default 0,
    chain_hash bytea not null default '\x',
    changed_at timestamptz not null default '-infinity',
    -- no CHECK constraints here or on events and audit_log: PostgreSQL prepares them for every statement, which took a fifth of the write path
    constraint wedding_clocks_pkey primary key (couple_id)
) with (fillfactor = 50, toast_tuple_target = 8160);
comment on table wedsync_data.wedding_clocks is 'One row per wedding, locked by every change so that sequence order is commit order. Outlives the wedding, like its history. A supplier has one for its own audit chain.';
comment on column wedsync_data.wedding_clocks.couple_id is 'The wedding, or the supplier.';
comment on column wedsync_data.wedding_clocks.seq is 'Last event sequence number handed out; gapless.';
comment on column wedsync_data.wedding_clocks.version is 'Version of the shared record.';
comment on column wedsync_data.wedding_clocks.right_versions is 'Version at which each right last changed, right n at position n + 1.';
comment on column wedsync_data.wedding_clocks.right_times is 'When each right last changed, at the same positions; null or missing if never.';
comment on column wedsync_data.wedding_clocks.right_actors is 'Who last changed each right, at the same positions; null for the system.';
comment on column wedsync_data.wedding_clocks.recent_rights is 'Rights ordered by their last change, newest first, without those that never changed.';
comment on column wedsync_data.wedding_clocks.chain_no is 'Number of the last link of the audit chain.';
comment on column wedsync_data.wedding_clocks.chain_hash is 'Hash of the last link of the audit chain.';
comment on column wedsync_data.wedding_clocks.changed_at is 'Time of the last change; strictly increasing within a wedding.';

create table wedsync_data.key_moments (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    order_key text collate "C" not null,
    version_number integer not null default 1,
    name varchar(200),
    "time" time,
    description varchar(2000),
    vendor_involved text[] not null default '{}',
    constraint key_moments_pkey primary key (couple_id, id),
    constraint key_moments_order unique (couple_id, order_key) deferrable initially deferred,
    constraint key_moments_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.key_moments is 'Key moments of the day, edited one by one and shown as an array.';
comment on column wedsync_data.key_moments.couple_id is 'The wedding.';
comment on column wedsync_data.key_moments.id is 'Stable element id.';
comment on column wedsync_data.key_moments.order_key is 'Position; compared bytewise.';
comment on column wedsync_data.key_moments.version_number is 'Version of the wedding''s record when the element last changed.';
comment on column wedsync_data.key_moments.name is 'What happens.';
comment on column wedsync_data.key_moments."time" is 'Local time in the wedding''s zone.';
comment on column wedsync_data.key_moments.description is 'Details.';
comment on column wedsync_data.key_moments.vendor_involved is 'Suppliers involved, by name.';

create table wedsync_data.wedding_party (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    order_key text collate "C" not null,
    version_number integer not null default 1,
    name varchar(200),
    role varchar(100),
    contact_info varchar(500),
    responsibilities varchar(2000),
    constraint wedding_party_pkey primary key (couple_id, id),
    constraint wedding_party_order unique (couple_id, order_key) deferrable initially deferred,
    constraint wedding_party_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.wedding_party is 'The wedding party, edited one by one and shown as an array.';
comment on column wedsync_data.wedding_party.couple_id is 'The wedding.';
comment on column wedsync_data.wedding_party.id is 'Stable element id.';
comment on column wedsync_data.wedding_party.order_key is 'Position; compared bytewise.';
comment on column wedsync_data.wedding_party.version_number is 'Version of the wedding''s record when the element last changed.';
comment on column wedsync_data.wedding_party.name is 'Name.';
comment on column wedsync_data.wedding_party.role is 'Role, such as best man or reader.';
comment on column wedsync_data.wedding_party.contact_info is 'Contact details.';
comment on column wedsync_data.wedding_party.responsibilities is 'Responsibilities.';

create table wedsync_data.family_vips (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    order_key text collate "C" not null,
    version_number integer not null default 1,
    name varchar(200),
    relationship varchar(100),
    special_needs varchar(2000),
    contact_info varchar(500),
    constraint family_vips_pkey primary key (couple_id, id),
    constraint family_vips_order unique (couple_id, order_key) deferrable initially deferred,
    constraint family_vips_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.family_vips is 'Important family members, edited one by one and shown as an array.';
comment on column wedsync_data.family_vips.couple_id is 'The wedding.';
comment on column wedsync_data.family_vips.id is 'Stable element id.';
comment on column wedsync_data.family_vips.order_key is 'Position; compared bytewise.';
comment on column wedsync_data.family_vips.version_number is 'Version of the wedding''s record when the element last changed.';
comment on column wedsync_data.family_vips.name is 'Name.';
comment on column wedsync_data.family_vips.relationship is 'Relationship to the couple.';
comment on column wedsync_data.family_vips.special_needs is 'Special needs; sensitive.';
comment on column wedsync_data.family_vips.contact_info is 'Contact details.';

create table wedsync_data.allergens (
    allergen text not null,
    aliases text[] not null,
    position smallint not null,
    description text not null,
    constraint allergens_pkey primary key (allergen)
);
comment on table wedsync_data.allergens is 'Allergens that must be declared in the European Union (regulation 1169/2011, annex II), with other names for them, and other.';
comment on column wedsync_data.allergens.allergen is 'Name.';
comment on column wedsync_data.allergens.aliases is 'Other names in lower case, those of the United States among them.';
comment on column wedsync_data.allergens.position is 'Order in which they are listed.';
comment on column wedsync_data.allergens.description is 'Description.';
insert into wedsync_data.allergens (allergen, aliases, position, description) values
('gluten', '{wheat,cereals with gluten,cereals containing gluten,coeliac,celiac,rye,barley,oats,spelt,kamut,weizen,trigo}', 1, 'Cereals containing gluten'),
('crustaceans', '{crustacean,shellfish,crustacean shellfish,prawn,prawns,shrimp,crab,lobster,krebstiere,crustáceos}', 2, 'Crustaceans'),
('eggs', '{egg,ei,eier,huevo,huevos}', 3, 'Eggs'),
('fish', '{fisch,pescado}', 4, 'Fish'),
('peanuts', '{peanut,groundnut,groundnuts,erdnuss,erdnüsse,cacahuete,cacahuetes}', 5, 'Peanuts'),
('soybeans', '{soy,soya,soybean,soja}', 6, 'Soybeans'),
('milk', '{dairy,lactose,cow''s milk,milch,laktose,leche,lactosa}', 7, 'Milk, with lactose'),
('nuts', '{nut,tree nut,tree nuts,tree_nuts,almond,almonds,hazelnut,hazelnuts,walnut,walnuts,cashew,cashews,pecan,pecans,pistachio,pistachios,brazil nut,macadamia,nuss,nüsse,frutos secos}', 8, 'Tree nuts'),
('celery', '{sellerie,apio}', 9, 'Celery'),
('mustard', '{senf,mostaza}', 10, 'Mustard'),
('sesame', '{sesame seeds,sesam,sésamo}', 11, 'Sesame seeds'),
('sulphites', '{sulfites,sulphite,sulfite,sulphur dioxide,sulfite und schwefeldioxid,sulfitos}', 12, 'Sulphur dioxide and sulphites'),
('lupin', '{lupine,lupinen,altramuz}', 13, 'Lupin'),
('molluscs', '{mollusc,mollusks,mollusk,mussels,oysters,squid,weichtiere,moluscos}', 14, 'Molluscs'),
('other', '{}', 99, 'Anything else, named in the note');

create table wedsync_data.households (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    name text not null,
    line1 text,
    line2 text,
    city text,
    region text,
    postcode text,
    country text,
    constraint households_pkey primary key (couple_id, id),
    constraint households_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade
);
comment on table wedsync_data.households is 'Households of guests, who get one invitation together.';
comment on column wedsync_data.households.name is 'Name on the envelope.';
comment on column wedsync_data.households.line1 is 'Address: first line.';
comment on column wedsync_data.households.line2 is 'Address: second line.';
comment on column wedsync_data.households.city is 'Address: city.';
comment on column wedsync_data.households.region is 'Address: region or state.';
comment on column wedsync_data.households.postcode is 'Address: postcode, as text because of leading zeros.';
comment on column wedsync_data.households.country is 'Address: country.';

create table wedsync_data.guests (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    household_id uuid,
    title text,
    first_name text,
    last_name text,
    suffix text,
    side text,
    relationship text,
    age_class text not null default 'adult',
    plus_one_of uuid,
    plus_one_allowed boolean not null default false,
    email text,
    other_emails text[] not null default '{}',
    phone text,
    language text,
    diets text[] not null default '{}',
    dietary_note text,
    accessibility text,
    transport text,
    constraint guests_pkey primary key (couple_id, id),
    constraint guests_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint guests_household_fkey foreign key (couple_id, household_id) references wedsync_data.households (couple_id, id) on delete set null (household_id),
    constraint guests_plus_one_of_fkey foreign key (couple_id, plus_one_of) references wedsync_data.guests (couple_id, id) on delete set null (plus_one_of),
    constraint guests_side_known check (side in ('partner1', 'partner2', 'both')),
    constraint guests_age_class_known check (age_class in ('adult', 'child', 'infant')),
    constraint guests_not_own_plus_one check (plus_one_of <> id)
);
create index guests_by_household on wedsync_data.guests (couple_id, household_id);
create index guests_by_plus_one_of on wedsync_data.guests (couple_id, plus_one_of);
comment on table wedsync_data.guests is 'Guests of a wedding, one row per person.';
comment on column wedsync_data.guests.household_id is 'Household; null for none.';
comment on column wedsync_data.guests.title is 'Title, such as Dr.';
comment on column wedsync_data.guests.first_name is 'First names; null with last_name for a companion whose name is not known yet.';
comment on column wedsync_data.guests.last_name is 'Last name.';
comment on column wedsync_data.guests.suffix is 'Suffix, such as Jr.';
comment on column wedsync_data.guests.side is 'partner1, partner2 or both: through whom the guest is invited.';
comment on column wedsync_data.guests.relationship is 'Relationship to the couple.';
comment on column wedsync_data.guests.age_class is 'adult, child or infant.';
comment on column wedsync_data.guests.plus_one_of is 'Guest whom this one accompanies.';
comment on column wedsync_data.guests.plus_one_allowed is 'Whether the guest may bring a companion.';
comment on column wedsync_data.guests.email is 'E-mail address.';
comment on column wedsync_data.guests.other_emails is 'More e-mail addresses.';
comment on column wedsync_data.guests.phone is 'Phone.';
comment on column wedsync_data.guests.language is 'Language for messages, such as en or de.';
comment on column wedsync_data.guests.diets is 'Diets that the guest chose, such as vegan or halal; allergies are in guest_allergens.';
comment on column wedsync_data.guests.dietary_note is 'What else the kitchen should know.';
comment on column wedsync_data.guests.accessibility is 'Accessibility needs.';
comment on column wedsync_data.guests.transport is 'Transport needs, such as the pick-up place.';

create table wedsync_data.guest_notes (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    guest_id uuid not null,
    gift text,
    thank_you_sent boolean not null default false,
    notes text,
    constraint guest_notes_pkey primary key (couple_id, id),
    constraint guest_notes_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint guest_notes_guest_key unique (couple_id, guest_id),
    constraint guest_notes_guest_fkey foreign key (couple_id, guest_id) references wedsync_data.guests (couple_id, id) on delete cascade
);
comment on table wedsync_data.guest_notes is 'What the couple notes about a guest for themselves.';
comment on column wedsync_data.guest_notes.guest_id is 'The guest.';
comment on column wedsync_data.guest_notes.gift is 'Gift.';
comment on column wedsync_data.guest_notes.thank_you_sent is 'Whether thanks were sent.';
comment on column wedsync_data.guest_notes.notes is 'Notes.';

create table wedsync_data.guest_allergens (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    guest_id uuid not null,
    allergen text not null,
    severity text not null default 'severe',
    note text not null default '',
    constraint guest_allergens_pkey primary key (couple_id, id),
    constraint guest_allergens_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint guest_allergens_allergen_key unique (couple_id, guest_id, allergen, note),
    constraint guest_allergens_guest_fkey foreign key (couple_id, guest_id) references wedsync_data.guests (couple_id, id) on delete cascade,
    constraint guest_allergens_allergen_known check (allergen in ('gluten', 'crustaceans', 'eggs', 'fish', 'peanuts', 'soybeans', 'milk', 'nuts', 'celery', 'mustard', 'sesame', 'sulphites', 'lupin', 'molluscs', 'other')),
    constraint guest_allergens_severity_known check (severity in ('mild', 'severe', 'anaphylaxis')),
    constraint guest_allergens_other_named check (allergen <> 'other' or note ~ '\S')
);
comment on table wedsync_data.guest_allergens is 'Allergies and intolerances of guests.';
comment on column wedsync_data.guest_allergens.guest_id is 'The guest.';
comment on column wedsync_data.guest_allergens.allergen is 'Name in wedsync_data.allergens; other for one that is not listed, which note names.';
comment on column wedsync_data.guest_allergens.severity is 'mild, severe or anaphylaxis.';
comment on column wedsync_data.guest_allergens.note is 'Details; for other, the allergen.';

insert into wedsync_data.rights (right_no, name) values
(50, 'guests.names'),
(51, 'guests.contact'),
(52, 'guests.dietary'),
(53, 'guests.accessibility'),
(56, 'guests.private'),
(59, 'guests.household');

insert into wedsync_data.record_catalog (
    record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description
) values
('guest_allergens', 'rows', 46, 'guests.dietary.allergens', 'guest_update', true, '{id,couple_id}', 'guests-write', 500000, 'Allergies and intolerances of guests: one of the fourteen allergens of the European Union, or other with a note
Other names, such as tree nuts or wheat, are stored under the name of the list.'),
('guest_notes', 'rows', 47, 'guests.private', 'guest_update', true, '{id,couple_id}', 'guests-write', 100000, 'What the couple notes about a guest for themselves: gifts, thanks, notes.'),
('guests', 'rows', 48, 'guests', 'guest_update', true, '{id,couple_id}', 'guests-write', 100000, 'Guests of a wedding, one row per person
import_guests reads a list, export_guests writes one; a caller without guests.names sees what else the rights cover, without names.'),
('households', 'rows', 49, 'guests.household', 'guest_update', true, '{id,couple_id}', 'guests-write', 100000, 'Households of guests, who get one invitation together, with their address.');

insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, min_value, max_value, max_items,
    field_group, access_level, sensitivity_class, is_writable, personal_data, description
) values
('households', 59, 'guests.household.name', 'name', 'text', 200, null, null, null, 'guests', 'full', 'contact', true, 'name', 'Household: name'),
('households', 59, 'guests.household.line1', 'line1', 'text', 200, null, null, null, 'guests', 'full', 'contact', true, 'location', 'Household: first line of the address'),
('households', 59, 'guests.household.line2', 'line2', 'text', 200, null, null, null, 'guests', 'full', 'contact', true, 'location', 'Household: second line of the address'),
('households', 59, 'guests.household.city', 'city', 'text', 100, null, null, null, 'guests', 'full', 'contact', true, 'location', 'Household: city'),
('households', 59, 'guests.household.region', 'region', 'text', 100, null, null, null, 'guests', 'full', 'contact', true, 'location', 'Household: region'),
('households', 59, 'guests.household.postcode', 'postcode', 'text', 20, null, null, null, 'guests', 'full', 'contact', true, 'location', 'Household: postcode'),
('households', 59, 'guests.household.country', 'country', 'text', 100, null, null, null, 'guests', 'full', 'contact', true, 'location', 'Household: country'),
('guests', 50, 'guests.names.title', 'title', 'text', 50, null, null, null, 'guests', 'full', 'contact', true, 'name', 'Guest: title'),
('guests', 50, 'guests.names.firstName', 'first_name', 'text', 100, null, null, null, 'guests', 'full', 'contact', true, 'name', 'Guest: first name'),
('guests', 50, 'guests.names.lastName', 'last_name', 'text', 100, null, null, null, 'guests', 'full', 'contact', true, 'name', 'Guest: last name'),
('guests', 50, 'guests.names.suffix', 'suffix', 'text', 50, null, null, null, 'guests', 'full', 'contact', true, 'name', 'Guest: suffix'),
('guests', 50, 'guests.names.side', 'side', 'text', 20, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: side'),
('guests', 50, 'guests.names.relationship', 'relationship', 'text', 100, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: relationship to the couple'),
('guests', 50, 'guests.names.ageClass', 'age_class', 'text', 20, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: adult, child or infant'),
('guests', 50, 'guests.names.plusOneOf', 'plus_one_of', 'uuid', null, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: whom the guest accompanies'),
('guests', 50, 'guests.names.plusOneAllowed', 'plus_one_allowed', 'boolean', null, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: whether the guest may bring a companion'),
('guests', 51, 'guests.contact.email', 'email', 'email', 255, null, null, null, 'guests', 'full', 'contact', true, 'contact', 'Guest: e-mail address'),
('guests', 51, 'guests.contact.otherEmails', 'other_emails', 'text_list', 255, null, null, 10, 'guests', 'full', 'contact', true, 'contact', 'Guest: more e-mail addresses'),
('guests', 51, 'guests.contact.phone', 'phone', 'phone', 50, null, null, null, 'guests', 'full', 'contact', true, 'contact', 'Guest: phone'),
('guests', 51, 'guests.contact.language', 'language', 'text', 35, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: language'),
('guests', 52, 'guests.dietary.diets', 'diets', 'text_set', 50, null, null, 20, 'guests', 'full', 'sensitive', true, 'health', 'Guest: diets'),
('guests', 52, 'guests.dietary.dietaryNote', 'dietary_note', 'text', 1000, null, null, null, 'guests', 'full', 'sensitive', true, 'health', 'Guest: note for the kitchen'),
('guests', 53, 'guests.accessibility.accessibility', 'accessibility', 'text', 1000, null, null, null, 'guests', 'full', 'sensitive', true, 'health', 'Guest: accessibility needs'),
('guests', 53, 'guests.accessibility.transport', 'transport', 'text', 1000, null, null, null, 'guests', 'full', 'sensitive', true, 'none', 'Guest: transport needs'),
('guests', 59, 'guests.household.householdId', 'household_id', 'uuid', null, null, null, null, 'guests', 'full', 'contact', true, 'none', 'Guest: household'),
('guest_notes', 56, 'guests.private.guestId', 'guest_id', 'uuid', null, null, null, null, 'guests', null, 'couple_private', true, 'none', 'Note about a guest: the guest'),
('guest_notes', 56, 'guests.private.gift', 'gift', 'text', 500, null, null, null, 'guests', null, 'couple_private', true, 'free_text', 'Note about a guest: gift'),
('guest_notes', 56, 'guests.private.thankYouSent', 'thank_you_sent', 'boolean', null, null, null, null, 'guests', null, 'couple_private', true, 'none', 'Note about a guest: whether thanks were sent'),
('guest_notes', 56, 'guests.private.notes', 'notes', 'text', 5000, null, null, null, 'guests', null, 'couple_private', true, 'free_text', 'Note about a guest: text'),
('guest_allergens', 52, 'guests.dietary.allergens.guestId', 'guest_id', 'uuid', null, null, null, null, 'guests', 'full', 'sensitive', true, 'none', 'Allergy: the guest'),
('guest_allergens', 52, 'guests.dietary.allergens.allergen', 'allergen', 'text', 50, null, null, null, 'guests', 'full', 'sensitive', true, 'health', 'Allergy: allergen'),
('guest_allergens', 52, 'guests.dietary.allergens.severity', 'severity', 'text', 20, null, null, null, 'guests', 'full', 'sensitive', true, 'health', 'Allergy: mild, severe or anaphylaxis'),
('guest_allergens', 52, 'guests.dietary.allergens.note', 'note', 'text', 500, null, null, null, 'guests', 'full', 'sensitive', true, 'health', 'Allergy: details');

update wedsync_data.supplier_categories as c set default_fields = c.default_fields || d.more
from (values
    ('caterer', '{guests.dietaryCounts,events}'::text[]),
    ('baker', '{guests.dietaryCounts,events}'),
    ('bar', '{guests.dietaryCounts,events}'),
    ('venue', '{events,guests.dietaryCounts,guests.names,guests.accessibility,seating}'),
    ('photographer', '{guests.names}'),
    ('videographer', '{guests.names}'),
    ('transport', '{guests.names,guests.contact,guests.accessibility}')
) as d (category, more)
where c.category = d.category;

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('guests-write', 120, 60, 'Changing guests, their households, needs, replies and seats'),
('guests-import', 20, 3600, 'Importing guest lists, with previews'),
('guests-export', 30, 60, 'Exporting guest lists, dietary counts and finding duplicates');

insert into wedsync_data.settings (name, value, description) values
('import_max_bytes', '5242880', 'Largest guest list accepted by import_guests, in bytes'),
('import_max_rows', '20000', 'Most rows of a guest list accepted by import_guests');

insert into wedsync_internal.error_rules (name, meaning) values
('age_class', 'Must be adult, child or infant.'),
('side', 'Must be partner1, partner2 or both.'),
('severity', 'Must be mild, severe or anaphylaxis.'),
('allergen_named_in_note', 'An allergen that is not listed is given as other, with its name in the note.'),
('no_such_row', 'Must be the id of a row of this wedding.'),
('not_the_guest', 'A guest cannot accompany themselves.');

create table wedsync_data.websites (
    couple_id uuid not null,
    id uuid not null default gen_random_uuid(),
    version_number integer not null default 1,
    last_updated_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    slug text not null,
    is_published boolean not null default false,
    title text,
    welcome_text text,
    registry_links text[] not null default '{}',
    hidden_fields text[] not null default '{}',
    constraint websites_pkey primary key (couple_id, id),
    constraint websites_couple_fkey foreign key (couple_id) references wedsync_data.weddings (id) on delete cascade,
    constraint websites_slug_key unique (slug),
    constraint websites_slug_form check (slug ~ '^[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$')
);
comment on table wedsync_data.websites is 'The public page of a wedding, at most one. It shows the fields of the catalogue that are marked as public, as long as it is published.';
comment on column wedsync_data.websites.slug is 'Address of the page: 3 to 63 lower-case letters, digits and hyphens; unique among all weddings.';
comment on column wedsync_data.websites.is_published is 'Whether anybody can read the page.';
comment on column wedsync_data.websites.title is 'Title; the names of the partners if null.';
comment on column wedsync_data.websites.welcome_text is 'Text for guests.';
comment on column wedsync_data.websites.registry_links is 'Addresses of gift registries.';
comment on column wedsync_data.websites.hidden_fields is 'Paths of public fields, or groups of them, that the page does not show.';

alter table wedsync_data.wedding_events add column is_public boolean not null default false;
comment on column wedsync_data.wedding_events.is_public is 'Whether the wedding website shows it.';

insert into wedsync_data.rights (right_no, name) values (80, 'website');
insert into wedsync_data.record_catalog (record_name, shape, position, path, event_type, is_audited, purge_keys, write_endpoint, max_rows, description) values
('websites', 'rows', 140, 'website', 'website_updated', true, '{id,couple_id}', 'website-write', 1, 'The public page of a wedding
wedding_website shows it to anybody, as schema.org Event, while it is published.');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, column_name, data_type, max_length, max_items, field_group, access_level, sensitivity_class, is_public, personal_data, description
) values
('websites', 80, 'website.slug', 'slug', 'text', 63, null, 'website', 'basic', 'public', true, 'none', 'Website: address'),
('websites', 80, 'website.isPublished', 'is_published', 'boolean', null, null, 'website', 'basic', 'basic', false, 'none', 'Website: whether anybody can read it'),
('websites', 80, 'website.title', 'title', 'text', 200, null, 'website', 'basic', 'public', true, 'name', 'Website: title'),
('websites', 80, 'website.welcomeText', 'welcome_text', 'text', 10000, null, 'website', 'basic', 'public', true, 'free_text', 'Website: text for guests'),
('websites', 80, 'website.registryLinks', 'registry_links', 'text_list', 500, 20, 'website', 'basic', 'public', true, 'none', 'Website: gift registries'),
('websites', 80, 'website.hiddenFields', 'hidden_fields', 'text_set', 100, 100, 'website', 'basic', 'basic', false, 'none', 'Website: public fields that it does not show'),
('wedding_events', 57, 'events.isPublic', 'is_public', 'boolean', null, null, 'events', 'basic', 'basic', false, 'none', 'Event: whether the website shows it');
update wedsync_data.field_catalog set is_public = true where path in ('events.name', 'events.kind', 'events.startsAt', 'events.endsAt', 'events.place');

insert into wedsync_data.rate_limits (endpoint, max_requests, per_seconds, description) values
('website-write', 60, 60, 'Statements on websites'),
('wedding-website', 600, 60, 'Reading wedding websites, for each address'),
('wedding-websites', 6000, 60, 'Reading wedding websites, for each sixteenth of all addresses');
insert into wedsync_data.event_readers (name, position) values ('announce_websites', pg_current_snapshot());
insert into wedsync_data.scheduled_jobs (name, every, description) values
('announce_websites', interval '1 second', 'Announces changes of published wedding websites');
insert into wedsync_internal.error_rules (name, meaning) values
('slug', 'Must have 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit.'),
('slug_taken', 'Another wedding has this address. Choose another.'),
('public_fields', 'Must be paths of fields that are marked as public, or groups of them such as wedding.ceremonyVenue or events.');
-- times on the page need the zone
update wedsync_data.field_catalog set is_public = true where path = 'wedding.timeZone';

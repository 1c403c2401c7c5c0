create or replace view wedsync.wedding_details
with (security_barrier = true, security_invoker = false) as
select
    f.couple_id,
    f.partner1_name, f.partner2_name,
    f.wedding_date, f.time_zone, f.ceremony_time, f.reception_time,
    f.ceremony_venue ->> 'name' as ceremony_venue_name,
    f.ceremony_venue ->> 'address' as ceremony_venue_address,
    f.ceremony_venue ->> 'contact_person' as ceremony_venue_contact_person,
    f.ceremony_venue ->> 'contact_phone' as ceremony_venue_contact_phone,
    f.ceremony_venue ->> 'notes' as ceremony_venue_notes,
    f.reception_venue ->> 'name' as reception_venue_name,
    f.reception_venue ->> 'address' as reception_venue_address,
    f.reception_venue ->> 'contact_person' as reception_venue_contact_person,
    f.reception_venue ->> 'contact_phone' as reception_venue_contact_phone,
    f.reception_venue ->> 'notes' as reception_venue_notes,
    (f.guest_count ->> 'adults')::integer as guest_count_adults,
    (f.guest_count ->> 'children')::integer as guest_count_children,
    (f.guest_count ->> 'total')::integer as guest_count_total,
    (f.guest_count ->> 'confirmed')::integer as guest_count_confirmed,
    (f.guest_count ->> 'pending')::integer as guest_count_pending,
    f.wedding_style, f.wedding_colors,
    f.version_number, f.updated_at, f.withheld_fields
from wedsync.core_fields as f;
comment on view wedsync.wedding_details is
'The facts of a wedding as flat columns, one row for each couple that the caller can access
The keys of venues and guest numbers are separate columns. Columns that the caller may not read are null, and their paths are listed in withheld_fields. Read-only; change fields with update_core_fields.';
comment on column wedsync.wedding_details.couple_id is 'The wedding.';
comment on column wedsync.wedding_details.partner1_name is 'First partner''s name.';
comment on column wedsync.wedding_details.partner2_name is 'Second partner''s name.';
comment on column wedsync.wedding_details.wedding_date is 'Date in the wedding''s time zone.';
comment on column wedsync.wedding_details.time_zone is 'IANA time zone.';
comment on column wedsync.wedding_details.ceremony_time is 'Local time in the wedding''s zone.';
comment on column wedsync.wedding_details.reception_time is 'Local time in the wedding''s zone.';
comment on column wedsync.wedding_details.ceremony_venue_name is 'Ceremony venue: name.';
comment on column wedsync.wedding_details.ceremony_venue_address is 'Ceremony venue: address.';
comment on column wedsync.wedding_details.ceremony_venue_contact_person is 'Ceremony venue: contact person.';
comment on column wedsync.wedding_details.ceremony_venue_contact_phone is 'Ceremony venue: phone.';
comment on column wedsync.wedding_details.ceremony_venue_notes is 'Ceremony venue: notes.';
comment on column wedsync.wedding_details.reception_venue_name is 'Reception venue: name.';
comment on column wedsync.wedding_details.reception_venue_address is 'Reception venue: address.';
comment on column wedsync.wedding_details.reception_venue_contact_person is 'Reception venue: contact person.';
comment on column wedsync.wedding_details.reception_venue_contact_phone is 'Reception venue: phone.';
comment on column wedsync.wedding_details.reception_venue_notes is 'Reception venue: notes.';
comment on column wedsync.wedding_details.guest_count_adults is 'Adults.';
comment on column wedsync.wedding_details.guest_count_children is 'Children.';
comment on column wedsync.wedding_details.guest_count_total is 'All guests.';
comment on column wedsync.wedding_details.guest_count_confirmed is 'Guests who have accepted.';
comment on column wedsync.wedding_details.guest_count_pending is 'Guests who have not answered.';
comment on column wedsync.wedding_details.wedding_style is 'Style words.';
comment on column wedsync.wedding_details.wedding_colors is 'Colours, #RRGGBB.';
comment on column wedsync.wedding_details.version_number is 'Version of the newest change that the caller can see.';
comment on column wedsync.wedding_details.updated_at is 'Time of the newest change that the caller can see.';
comment on column wedsync.wedding_details.withheld_fields is 'Paths hidden from the caller.';
revoke all on wedsync.wedding_details from public;
grant select on wedsync.wedding_details to authenticated, service_role, wedsync_admin;

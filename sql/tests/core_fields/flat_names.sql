-- proves: F001-47
-- Flat names such as ceremony_venue_name mean the same fields as paths: in patches, grants, forms and refusals.
begin;
select plan(16);
select tap.wedding('emma');
create function pg_temp.patch(who text, patch text) returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), patch))
$$;
select is(pg_temp.patch('emma', '{"ceremony_venue_name": "Old Barn", "reception_venue_name": "Manor House", "guest_count_estimated": 90}'), null,
    'a patch with flat names');
create temporary table document on commit drop as
select tap.call('emma', format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb -> 'wedding' as wedding;
select is(d.wedding #>> f.path::text[], f.value, f.name) from document as d cross join (values
    ('ceremony_venue_name', '{ceremonyVenue,name}', 'Old Barn'), ('reception_venue_name', '{receptionVenue,name}', 'Manor House'),
    ('guest_count_estimated', '{guestCount,total}', '90')
) as f (name, path, value);
select is(
    (select array_agg(a.path order by a.path) from wedsync_data.audit_log as a
        where a.couple_id = tap.couple('emma') and a.new_value in ('"Old Barn"', '"Manor House"', '90')),
    '{wedding.ceremonyVenue.name,wedding.guestCount.total,wedding.receptionVenue.name}', 'the audit trail knows one name for each'
);
select is(pg_temp.patch('emma', '{"ceremony_venue_name": "A", "wedding.ceremonyVenue.name": "B"}') #>> '{detail,problems,0,rule}', 'given_twice',
    'one field under two names');
select is(pg_temp.patch('emma', '{"ceremony_venue_nme": "A"}') #>> '{detail,problems,0,rule}', 'unknown_path', 'a name that does not exist');
select is(pg_temp.patch('emma', '{"guest_count_estimated": -1}') #>> '{detail,problems,0,path}', 'guest_count_estimated',
    'a refused value is named as it was given');

-- grants
select tap.supplier('chef', 'emma', '{ceremony_venue_name,guest_count_estimated}', '{guest_count_estimated}');
select is(
    (tap.call('chef', format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb #> '{wedding,ceremonyVenue}'),
    '{"name": "Old Barn"}', 'a grant of a flat name is one of that field'
);
select is(
    (select r from tap.rows('chef', 'select ceremony_venue_name, reception_venue_name, guest_count_total from wedsync.wedding_details') as r),
    '{"ceremony_venue_name": "Old Barn", "reception_venue_name": null, "guest_count_total": 90}', 'as are the columns of wedding_details'
);
select is(pg_temp.patch('chef', '{"guest_count_estimated": 91}'), null, 'the supplier writes the one that it may write');
select is(pg_temp.patch('chef', '{"reception_venue_name": "x"}') ->> 'sqlstate', '42501', 'and no other');
select is(pg_temp.patch('chef', '{"ceremony_venue_name": "x"}') ->> 'sqlstate', '42501', 'nor the one that it only reads');

-- forms
select tap.run('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'')', tap.id('form'), tap.firm('chef')));
select tap.run('chef', format('insert into wedsync.form_fields (form_id, name, "position") values (%L, ''venue'', 1), (%1$L, ''room'', 2)', tap.id('form')));
select is(tap.run('chef', format($$
    insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path, transformation_rule, auto_populate)
    values (%L, 'venue', 'ceremony_venue_name', '{"op": "upper"}', true), (%1$L, 'room', 'reception_venue_name', '{}', true)
$$, tap.id('form'))), 2::bigint, 'a form is mapped to flat names');
select is(
    tap.call('chef', format('select wedsync.populate_form(%L, %L)', tap.id('form'), tap.couple('emma')))::jsonb -> 'data', '{"venue": "OLD BARN"}',
    'and filled by them, as far as the supplier may read'
);

select is_empty($$
    select v.name from (values ('ceremony_venue_name'), ('reception_venue_name'), ('guest_count_estimated')) as v (name)
    where not exists (select from wedsync_data.field_names as n where n.name = v.name and n.kind = 'field')
$$, 'the catalogue has those of the source documents');
select * from finish();
rollback;

-- proves: F000-01, F000-02, F000-03, F000-04, F000-06, F000-07, F000-09, F000-10, F000-15, F000-16, F000-17, F000-42, F000-43, F000-56, F000-57, F003-02, C-21
-- proves: C-54, C-73
-- The view has the columns of the first source, the document its shape; reading makes nothing.
begin;
select plan(50);
select columns_are('wedsync', 'core_fields', array[
    'id', 'couple_id', 'partner1_name', 'partner1_email', 'partner1_phone', 'partner2_name', 'partner2_email', 'partner2_phone', 'couple_address',
    'wedding_date', 'ceremony_venue', 'reception_venue', 'guest_count', 'wedding_style', 'wedding_colors', 'ceremony_time', 'reception_time',
    'key_moments', 'wedding_party', 'family_vips', 'connected_vendors', 'sharing_preferences', 'field_permissions', 'version_number', 'last_updated_by',
    'last_sync_at', 'created_at', 'updated_at', 'time_zone', 'budget_total', 'budget_currency', 'private_notes', 'withheld_fields'
]);
select col_type_is('wedsync', 'core_fields', c.name, c.type, c.name || ' is ' || c.type)
from (values
    ('id', 'uuid'), ('partner1_name', 'character varying'), ('partner1_email', 'character varying'), ('partner1_phone', 'character varying'),
    ('partner2_name', 'character varying'), ('couple_address', 'jsonb'), ('wedding_date', 'date'), ('ceremony_venue', 'jsonb'), ('reception_venue', 'jsonb'),
    ('guest_count', 'jsonb'), ('wedding_style', 'text[]'), ('wedding_colors', 'text[]'), ('ceremony_time', 'time without time zone'), ('key_moments', 'jsonb'),
    ('wedding_party', 'jsonb'), ('family_vips', 'jsonb'), ('connected_vendors', 'jsonb'), ('sharing_preferences', 'jsonb'), ('field_permissions', 'jsonb'),
    ('version_number', 'integer'), ('last_updated_by', 'uuid'), ('last_sync_at', 'timestamp with time zone'), ('created_at', 'timestamp with time zone'),
    ('updated_at', 'timestamp with time zone'), ('withheld_fields', 'text[]')
) as c (name, type);

select tap.matrix();
create temporary table doc on commit drop as select tap.call('emma', format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb as d;
select set_eq(
    $$ select jsonb_object_keys(d) from doc $$, '{id,coupleId,couple,wedding,timeline,people,budget,private,sharing,connectedVendors,metadata}'::text[],
    'the document''s parts'
);
select set_eq($$ select jsonb_object_keys(d -> 'couple') from doc $$, '{partner1,partner2,address}'::text[], 'couple');
select set_eq(
    $$ select jsonb_object_keys(d -> 'wedding') from doc $$, '{date,timeZone,ceremonyVenue,receptionVenue,guestCount,style,colors}'::text[], 'wedding'
);
select set_eq($$ select jsonb_object_keys(d -> 'timeline') from doc $$, '{ceremonyTime,receptionTime,keyMoments}'::text[], 'timeline');
select set_eq($$ select jsonb_object_keys(d -> 'people') from doc $$, '{weddingParty,familyVips}'::text[], 'people');
select set_eq($$ select jsonb_object_keys(d -> 'metadata') from doc $$, '{version,lastUpdatedBy,updatedAt,createdAt,withheld}'::text[], 'metadata');
select is((select d #> '{metadata,withheld}' from doc), '[]', 'nothing is withheld from a partner');
select is(
    tap.call('s basic', format('select wedsync.get_core_fields(%L) #> ''{metadata,withheld}''', tap.couple('emma')))::jsonb,
    (select jsonb_agg(l.path order by l.right_no) from leaves as l where not tap.may('basic', l.leaf)), 'hidden and empty differ: what is withheld is named'
);
select is(
    (tap.call('s basic', format('select wedsync.get_core_fields(%L)', tap.couple('emma')))::jsonb) -> 'connectedVendors', 'null',
    'a supplier does not see the other suppliers'
);
select set_eq(
    $$ select v.v ->> 'supplier_name' from doc, jsonb_array_elements(d -> 'connectedVendors') as v (v) $$,
    $$ select initcap(a.actor) || ' Ltd' from actors as a
    where a.actor like 's %' and (a.reads <> 'nothing' or a.actor = 's forced budget') $$, 'connected vendors are those with grants in force'
);
select set_eq(
    $$ select jsonb_object_keys(v.v) from doc, jsonb_array_elements(d -> 'connectedVendors') as v (v) $$,
    '{supplier_id,supplier_name,access_fields,connected_at,permissions}'::text[], 'in the shape of the source'
);
select is(
    tap.call('emma', format('select field_permissions -> %L from wedsync.core_fields', tap.firm('s group timeline')))::jsonb, '["timeline"]',
    'field_permissions: supplier to granted names'
);

-- reading makes nothing
delete from wedsync_data.core_fields where couple_id = tap.couple('olivia');
select is(tap.error('olivia', format('select wedsync.get_core_fields(%L)', tap.couple('olivia'))) ->> 'sqlstate', 'PT404', 'reading does not make a record');
select is((select count(*) from wedsync_data.core_fields where couple_id = tap.couple('olivia')), 0::bigint, 'there is none');
select isnt(tap.call('olivia', format('select wedsync.ensure_core_fields(%L)', tap.couple('olivia'))), null, 'ensure_core_fields does');
select is(
    tap.call('olivia', format('select wedsync.ensure_core_fields(%L)', tap.couple('olivia')))::uuid, (tap.state('olivia') #>> '{row,id}')::uuid,
    'and again gives the same one'
);
select is((tap.state('olivia') #>> '{row,partner1_name}'), null, 'a draft without names is fine');
select is(
    tap.error(e.who, format('select wedsync.ensure_core_fields(%L)', tap.couple('olivia')), e.db_role) ->> 'sqlstate', e.state,
    'ensure_core_fields for ' || coalesce(e.who, e.db_role)
)
from (
    values ('emma', 'authenticated', 'PT404'), (null, 'authenticated', '42501'), (null, 'anon', '42501'), ('stranger', 'authenticated', 'PT404')
) as e (who, db_role, state);
select is(tap.error('stranger', 'select wedsync.get_core_fields(null)') ->> 'sqlstate', '22023', 'no couple given, and none of one''s own');
select is(tap.error(null, 'select wedsync.get_core_fields(gen_random_uuid())') ->> 'sqlstate', '42501', 'not signed in');
select is(
    tap.error('emma', 'select wedsync.get_core_fields(gen_random_uuid())') - 'hint',
    tap.error('emma', format('select wedsync.get_core_fields(%L)', tap.couple('olivia'))) - 'hint',
    'a couple that exists and one that does not look alike to others'
);
select * from finish();
rollback;

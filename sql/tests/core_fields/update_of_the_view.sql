-- proves: F000-41, F000-44, F000-59, F003-12
-- UPDATE of the view, as PostgREST's PATCH makes it, follows the same rules as update_core_fields.
begin;
select plan(36);
select tap.matrix();
select tap.call('emma', $$ select set_config('wedsync.change_reason', 'by hand', true) $$);
select is(
    tap.call('emma', $$ update wedsync.core_fields set wedding_style = '{boho,chic}', couple_address = '{"city": "York"}', ceremony_time = '12:00'
        returning jsonb_build_array(wedding_style, couple_address - 'city', couple_address -> 'city', ceremony_time, version_number)::text $$)::jsonb,
    jsonb_build_array('["boho", "chic"]'::jsonb, '{"line1": null, "line2": null, "region": null, "postcode": null, "country": null}'::jsonb, 'York', '12:00:00',
        (tap.state('emma') #>> '{clock,version}')::integer + 1),
    'values are stored and returned; keys left out of an assigned object become empty'
);
select is(
    (
        select array_agg(distinct l.reason) from wedsync_data.audit_log as l
        where l.couple_id = tap.couple('emma') and l.version_after = (tap.state('emma') #>> '{clock,version}')::integer
    ),
    array[null::text], 'a reason is what the write path was told, not a setting of the session'
);
create temporary table before on commit drop as select tap.state('emma') as state;
select is(tap.error('emma', 'update wedsync.core_fields set ' || u.assignment) ->> 'sqlstate', 'PT422', 'refused: ' || u.assignment)
from (values
    ('couple_id = gen_random_uuid()'), ('id = gen_random_uuid()'), ('version_number = 5'), ('created_at = ''2000-01-01'''), ('withheld_fields = ''{x}'''),
    ('connected_vendors = ''[{}]'''), ('field_permissions = null'), ('partner1_email = ''x'''), ('guest_count = ''7'''),
    ('guest_count = guest_count || ''{"babies": 1}'''),
    ('wedding_colors = ''{red}'''), ('wedding_colors = array[null]'), ('time_zone = null'), ('key_moments = ''[]'''), ('key_moments = null'),
    ('key_moments = ''{"a": 1}'''),
    ('key_moments = key_moments || ''[{"name": "new"}]'''), ('key_moments = key_moments || ''[7]'''), ('partner1_name = repeat(''x'', 101)')
) as u (assignment);
select is(
    tap.error('emma', 'update wedsync.core_fields set key_moments = ''[]''') ->> 'hint', 'Use remove_list_element.',
    'leaving out is not removing, and the hint says what is'
);
select is(
    tap.run('emma', format('update wedsync.core_fields set wedding_style = ''{x}'' where couple_id = %L', tap.couple('olivia'))), 0::bigint,
    'another couple''s row is not there'
);
select ok(tap.outcome('emma', 'delete from wedsync.core_fields') in ('42501', '55000'), 'no DELETE');
select ok(tap.outcome('emma', 'insert into wedsync.core_fields (couple_id) values (gen_random_uuid())') in ('42501', '55000'), 'no INSERT');
select is(tap.state('emma'), (select state from before), 'nothing was changed');
select is(tap.run('emma', 'update wedsync.core_fields set couple_address = null, ceremony_venue = null'), 1::bigint, 'objects set to null');
select is((tap.state('emma') #> '{row,couple_address,city}'), 'null', 'are emptied');

-- a supplier that sees a part
select is(
    tap.run(
        's reads full, writes basic',
        format($$ update wedsync.core_fields set reception_venue = reception_venue || '{"name": "Hall"}' where couple_id = %L $$, tap.couple('emma'))
    ), 1::bigint, 'sends back the keys it may not write, unchanged'
);
select is((tap.state('emma') #>> '{row,reception_venue,name}'), 'Hall', 'and what it may write is stored');
select is(
    tap.error(
        's reads full, writes basic', $$ update wedsync.core_fields set reception_venue = reception_venue || '{"name": "X", "notes": "Y"}' $$
    ) -> 'detail',
    '{"unauthorized_fields": ["wedding.receptionVenue.notes"]}', 'changed ones are refused'
);
select tap.run('s writes guest_numbers', $$ update wedsync.core_fields set guest_count = guest_count || '{"adults": 7}', budget_total = null $$);
select is((tap.state('emma') #>> '{row,guest_count,adults}')::integer, 7, 'hidden columns that stay null are no attempt');
select is((tap.state('emma') #>> '{row,budget_total}'), '47000.47', 'and stay as they are');
select is(
    tap.error('s writes guest_numbers', 'update wedsync.core_fields set budget_total = 1') ->> 'sqlstate', '42501', 'a value for a hidden column is refused'
);
-- a hidden key of a json column survives an assignment by somebody who does not see it
select tap.call(
    'emma',
    format($$ select wedsync.grant_access(%L, %L, '{wedding.ceremonyVenue.name}', '{wedding.ceremonyVenue.name}') $$, tap.couple('emma'), tap.firm('s basic'))
);
select tap.patch('emma', 'emma', '{"ceremony_venue": {"name": "Barn", "notes": "the key is under the mat"}}');
select tap.run('s basic', $$ update wedsync.core_fields set ceremony_venue = '{"name": "Big barn"}' $$);
select is((tap.state('emma') #>> '{row,ceremony_venue,notes}'), 'the key is under the mat', 'hidden keys survive an assignment');
select is((tap.state('emma') #>> '{row,ceremony_venue,name}'), 'Big barn', 'while the visible one is stored');
select * from finish();
rollback;

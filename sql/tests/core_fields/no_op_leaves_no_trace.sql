-- proves: F000-30, C-07, C-02
-- A write that changes nothing says so and leaves no version, audit row or event.
begin;
select plan(10);
select tap.matrix();
create temporary table before on commit drop as select tap.state('emma') as state;
select is(
    tap.patch('emma', 'emma', (select jsonb_object_agg(l.path, l.value) from leaves as l where l.storage <> 'element')) - '{data,timestamp,version}'::text[],
    '{"success": true, "changed": [], "message": "Nothing changed"}', 'every leaf with the value it has'
);
select is(
    tap.patch('emma', 'emma', (select jsonb_object_agg(e.column_name, jsonb_build_array(jsonb_build_object('id', e.id) || (
        select jsonb_object_agg(l.json_key, l.value) from leaves as l where l.column_name = e.column_name
    ))) from elements as e)) ->> 'message',
    'Nothing changed', 'every list element as it is'
);
select is(tap.patch('emma', 'emma', d - '{metadata,connectedVendors,id,coupleId}'::text[]) ->> 'message', 'Nothing changed', 'the whole document sent back')
from tap.rows('emma', format('select wedsync.get_core_fields(%L) as d', tap.couple('emma'))) as r, lateral (select r -> 'd') as x (d);
select is(tap.patch('emma', 'emma', '{}') ->> 'message', 'Nothing changed', 'an empty patch');
select is(
    tap.run('emma', 'update wedsync.core_fields set wedding_style = wedding_style, guest_count = guest_count, partner1_name = partner1_name'), 1::bigint,
    'an UPDATE of the view'
);
select is(
    tap.run(
        null,
        format('update wedsync_data.core_fields set wedding_style = wedding_style, private_notes = private_notes where couple_id = %L', tap.couple('emma')),
        'service_role'
    ),
    1::bigint, 'an UPDATE of the table'
);
select is(tap.run(null, 'update wedsync_data.key_moments set name = name', 'service_role'), 1::bigint, 'an UPDATE of a list');
select is(tap.state('emma'), (select state from before), 'no trace of any of them');
select isnt(tap.patch('emma', 'emma', '{"partner1_name": "Em"}') ->> 'message', 'Nothing changed', 'control: a change is none of these');
select isnt(tap.state('emma'), (select state from before), 'control: and leaves a trace');
select * from finish();
rollback;

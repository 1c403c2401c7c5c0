-- proves: F000-12, F000-13, F000-14, C-53
-- List elements have stable ids and places; they are added, changed, moved and removed one by one.
begin;
select plan(54);
select tap.wedding('emma');
select tap.wedding('olivia');
create function pg_temp.add(list text, element text, after_id uuid default null) returns uuid language sql
as $$
    select (tap.call('emma', format('select wedsync.add_list_element(%L, %L, %L, %L)', tap.couple('emma'), list, element, after_id))::jsonb ->> 'id')::uuid
$$;
create function pg_temp.names(list text default 'key_moments') returns text language sql
as $$
    select string_agg(e.v ->> 'name', ',' order by e.n)
    from jsonb_array_elements((tap.call('emma', format('select %I from wedsync.core_fields', list)))::jsonb) with ordinality as e (v, n)
$$;
create function pg_temp.fault(element text, list text default 'key_moments', after_id uuid default null) returns jsonb language sql
as $$ select tap.error('emma', format('select wedsync.add_list_element(%L, %L, %L, %L)', tap.couple('emma'), list, element, after_id)) $$;

create temporary table m on commit drop as select pg_temp.add('key_moments', '{"name": "a"}') as a;
alter table m add b uuid, add c uuid, add d uuid;
update m set b = pg_temp.add('key_moments', '{"name": "b", "time": "19:30", "description": "first", "vendor_involved": ["DJ"]}');
update m set c = pg_temp.add('timeline.keyMoments', '{"name": "c"}', m.a);
select is(pg_temp.names(), 'a,c,b', 'added last, or behind another');
update m set d = pg_temp.add('key_moments', '{"name": "d", "id": "dddddddd-dddd-4ddd-8ddd-dddddddddddd"}');
select is(d, 'dddddddd-dddd-4ddd-8ddd-dddddddddddd', 'with an id of one''s own') from m;
select isnt(tap.call('emma', format('select wedsync.move_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), d)), null, 'moved') from m;
select is(pg_temp.names(), 'd,a,c,b', 'to the front');
select tap.call('emma', format('select wedsync.move_list_element(%L, ''key_moments'', %L, %L)', tap.couple('emma'), d, c)) from m;
select is(pg_temp.names(), 'a,c,d,b', 'behind another');
do $$
declare
    ids constant uuid[] := (select array[m.a, m.b] from m);
begin
    for i in 1..150 loop
        perform tap.call('emma', format('select wedsync.move_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), ids[1 + i % 2]));
        perform tap.call('emma', format('select wedsync.move_list_element(%L, ''key_moments'', %L, %L)', tap.couple('emma'), ids[1 + i % 2], ids[2 - i % 2]));
    end loop;
end
$$;
select is(pg_temp.names(), 'b,a,c,d', 'three hundred moves later the order is what was asked for');
select tap.call('emma', format('select wedsync.remove_list_element(%L, ''key_moments'', %L, ''too late'')', tap.couple('emma'), c)) from m;
select is(pg_temp.names(), 'b,a,d', 'removed');
select is(
    (select e.v from jsonb_array_elements(tap.call('emma', 'select key_moments from wedsync.core_fields')::jsonb) as e (v) where e.v ->> 'name' = 'b'),
    jsonb_build_object('id', b, 'name', 'b', 'time', '19:30:00', 'description', 'first', 'vendor_involved', '["DJ"]'::jsonb), 'in the shape of the source'
) from m;
select pg_temp.add('wedding_party', '{"name": "Tom", "role": "best man", "contact_info": "tom@example.org", "responsibilities": "rings"}');
select pg_temp.add('people.familyVips', '{"name": "Gran", "relationship": "grandmother", "special_needs": "wheelchair", "contact_info": "aunt"}');
select is(pg_temp.names('wedding_party') || pg_temp.names('family_vips'), 'TomGran', 'all three lists');
select is(pg_temp.add('key_moments', '{"name": "e", "vendor_involved": null, "time": null}') is not null, true, 'keys may be null');

create temporary table before on commit drop as select tap.state('emma') as state;
select is(pg_temp.fault(f.element) ->> 'sqlstate', f.state, 'refused: ' || coalesce(left(f.element, 60), 'null'))
from (values
    (null, '22023'), ('[]', '22023'), ('7', '22023'), ('{}', 'PT422'), ('{"name": " "}', 'PT422'), ('{"name": null}', 'PT422'), ('{"time": "19:30"}', 'PT422'),
    ('{"name": "x", "time": "25:00"}', 'PT422'), ('{"name": "x", "nope": 1}', 'PT422'), ('{"name": "x", "order_key": "A"}', 'PT422'),
    ('{"name": "x", "couple_id": "11111111-1111-1111-1111-111111111111"}', 'PT422'), ('{"name": "x", "vendor_involved": "DJ"}', 'PT422'),
    ('{"name": "x", "vendor_involved": [1]}', 'PT422'), ('{"name": 7}', 'PT422'), ('{"name": {"a": 1}}', 'PT422'), ('{"name": "x", "id": "7"}', '22023'),
    ('{"name": "x", "id": 7}', '22023'), ('{"name": "x", "id": "dddddddd-dddd-4ddd-8ddd-dddddddddddd"}', 'PT409'),
    ('{"name": "' || repeat('x', 201) || '"}', 'PT422'), ('{"name": "x", "description": "' || repeat('x', 2001) || '"}', 'PT422'),
    ('{"name": "x", "description": "' || repeat(md5(random()::text), 3000) || '"}', 'PT413')
) as f (element, state);
select is(pg_temp.fault('{"name": "x"}', l.list) ->> 'sqlstate', '22023', 'no such list: ' || coalesce(l.list, 'null'))
from (values (null), ('wedding_style'), ('core_fields'), ('key_moments; drop table x'), ('timeline')) as l (list);
select is(pg_temp.fault('{"name": "x"}', 'key_moments', gen_random_uuid()) ->> 'sqlstate', 'PT422', 'behind an unknown element');
select is(tap.error('emma', format(q.query, tap.couple('emma'), d)) ->> 'sqlstate', q.state, q.query) from m, (values
    ('select wedsync.move_list_element(%L, ''key_moments'', gen_random_uuid())', 'PT404'),
    ('select wedsync.move_list_element(%L, ''key_moments'', null)', '22023'),
    ('select wedsync.move_list_element(%L, ''key_moments'', %L, gen_random_uuid())', 'PT422'),
    ('select wedsync.move_list_element(%L, ''family_vips'', %L)', 'PT404'),
    ('select wedsync.move_list_element(%1$L, ''key_moments'', %2$L, %2$L)', '22023'),
    ('select wedsync.remove_list_element(%L, ''key_moments'', gen_random_uuid())', 'PT404'), ('select wedsync.remove_list_element(%L, ''nope'', %L)', '22023'),
    ('select wedsync.remove_list_element(null, ''key_moments'', %2$L)', '22023')
) as q (query, state);
select is(
    tap.error('olivia', format('select wedsync.remove_list_element(%L, ''key_moments'', %L)', c.id, d)) ->> 'sqlstate', 'PT404',
    'not by another couple, whatever wedding it names'
)
from m, (values (tap.couple('emma')), (tap.couple('olivia'))) as c (id);
select is(
    tap.patch_rules('olivia', 'olivia', jsonb_build_object('key_moments', jsonb_build_array(jsonb_build_object('id', d, 'name', 'mine')))) is not null, true,
    'nor by naming the element in a patch of one''s own'
) from m;
select is(tap.state('emma'), (select state from before), 'nothing was changed');

-- rights are per key
select tap.supplier('dj', 'emma', '{timeline}', '{timeline.keyMoments.time}');
select is(
    tap.error('dj', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "x"}'')', tap.couple('emma'))) -> 'detail',
    '{"unauthorized_fields": ["timeline.keyMoments.name"]}', 'adding needs every key given'
);
select is(
    tap.error('dj', format('select wedsync.move_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), d)) ->> 'sqlstate', '42501', 'moving needs the name'
) from m;
select is(
    tap.error('dj', format('select wedsync.remove_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), d)) -> 'detail',
    '{"unauthorized_fields": ["timeline.keyMoments.name", "timeline.keyMoments.description", "timeline.keyMoments.vendor_involved"]}', 'removing needs all keys'
) from m;
select is(tap.patch('dj', 'emma', jsonb_build_object('key_moments.' || d || '.time', '21:00')) -> 'success', 'true', 'control: its key it may write') from m;
update wedsync_data.settings set value = '3' where name = 'list_max_elements';
select is(pg_temp.fault('{"name": "x"}') #>> '{detail,problems,0,rule}', 'too_many_elements', 'a list has an end');
select * from finish();
rollback;

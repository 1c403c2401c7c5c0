-- proves: C-25, C-27
-- A form never holds more than its supplier may read: no hidden keys of a list's elements, and nothing once the supplier's access has ended.
begin;
select plan(9);
select null from tap.wedding('emma');
select null from tap.supplier('chef', 'emma', '{timeline.keyMoments.name,people.familyVips.name,people.familyVips.relationship}');
select tap.call('emma', format('select null from wedsync.add_list_element(%L, %L, %L)', tap.couple('emma'), e.list, e.v)) from (values
    ('key_moments', '{"name": "Cake", "time": "21:00", "description": "SECRET big", "vendor_involved": ["SECRET dj"]}'),
    ('family_vips', '{"name": "Gran", "relationship": "grandmother", "special_needs": "SECRET chair", "contact_info": "SECRET phone"}')
) as e (list, v);
select tap.run('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'')', tap.id('menu'), tap.firm('chef')));
select tap.run(
    'chef', format('insert into wedsync.form_fields (form_id, name) select %L, n from unnest(''{moments,names,times,guests}''::text[]) as n', tap.id('menu'))
);
select tap.run('chef', format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values
    (%1$L, ''moments'', ''key_moments''), (%1$L, ''names'', ''timeline.keyMoments.name''), (%1$L, ''times'', ''timeline.keyMoments.time''), (%1$L, ''guests'',
    ''people.familyVips'')', tap.id('menu')));
create function pg_temp.fill(who text) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.populate_form(%L, %L)', tap.id('menu'), tap.couple('emma')))::jsonb
$$;
create temporary table filled on commit drop as select who, pg_temp.fill(who) as a from unnest('{chef,emma}'::text[]) as who;
select is(
    (select array_agg(k order by k) from jsonb_object_keys(a #> '{data,moments,0}') as k), '{id,name}'::text[],
    who || ': a whole list holds the readable keys only'
) from filled;
select is(
    (select array_agg(k order by k) from jsonb_object_keys(a #> '{data,guests,0}') as k), '{id,name,relationship}'::text[], who || ': another list its own'
) from filled;
select is(a #> '{data,names}', '["Cake"]', who || ': a readable key of all elements') from filled where who = 'chef';
select ok(a::text !~ 'SECRET', who || ': nothing hidden anywhere') from filled;

-- access that has ended
update wedsync_data.grants set valid_from = now() - interval '1 day', valid_until = now() where grantee_id = tap.firm('chef');
select is(
    tap.error('emma', format('select wedsync.populate_form(%L, %L)', tap.id('menu'), tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'the couple cannot fill the form of a supplier whose access has ended'
);
update wedsync_data.grants set valid_until = 'infinity', valid_from = now() + interval '1 second' where grantee_id = tap.firm('chef');
select is(
    tap.error('emma', format('select wedsync.populate_form(%L, %L)', tap.id('menu'), tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'nor of one whose access has not begun'
);
select * from finish();
rollback;

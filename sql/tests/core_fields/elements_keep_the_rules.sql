-- proves: F000-44, C-53
-- What holds for elements written through the functions holds for statements on their tables, for patches and at the limit.
begin;
select plan(11);
select null from tap.wedding('emma');
create temporary table cake on commit drop as
select (tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Cake"}'')', tap.couple('emma')))::jsonb ->> 'id')::uuid as id;

-- statements on the tables
select is(
    tap.error(null, q.statement, 'postgres') #> '{detail,problems}', jsonb_build_array(jsonb_build_object('path', q.path, 'rule', 'no_control_characters')),
    'refused: ' || q.statement
) from (values
    (
        format(
            E'insert into wedsync_data.key_moments (couple_id, id, name, order_key) values (%L, gen_random_uuid(), %L, ''z'')', tap.couple('emma'), E'Toast\x01'
        ), 'timeline.keyMoments.name'
    ),
    (format('update wedsync_data.key_moments set description = %L where id = %L', E'big\x01', (select id from cake)), 'timeline.keyMoments.description'),
    (
        format(
            'insert into wedsync_data.wedding_party (couple_id, id, name, order_key, role) values (%L, gen_random_uuid(), ''Ann'', ''z'', %L)',
            tap.couple('emma'), E'maid\x01'
        ), 'people.weddingParty.role'
    ),
    (
        format(
            'insert into wedsync_data.family_vips (couple_id, id, name, order_key, special_needs) values (%L, gen_random_uuid(), ''Gran'', ''z'', %L)',
            tap.couple('emma'), E'chair\x01'
        ), 'people.familyVips.special_needs'
    )
) as q (statement, path);
select is(
    tap.error(null, format('update wedsync_data.key_moments set description = ''big'' where id = %L', (select id from cake)), 'postgres'), null,
    'control: good ones pass'
);

-- patches
select is(
    tap.patch_rules(
        'emma', 'emma',
        jsonb_build_object('key_moments', jsonb_build_array(jsonb_build_object('id', (select id from cake), 'name', 'Cutting', 'flavour', 'lemon')))
    ),
    jsonb_build_object('timeline.keyMoments.' || (select id from cake) || '.flavour', 'unknown_path'), 'a key that elements do not have is unknown'
);
select is(
    tap.patch_rules('emma', 'emma', jsonb_build_object('timeline.keyMoments.' || (select id from cake) || '.flavour', 'lemon')),
    jsonb_build_object('timeline.keyMoments.' || (select id from cake) || '.flavour', 'unknown_path'), 'as one path too'
);
select is((select name from wedsync_data.key_moments where id = (select id from cake)), 'Cake', 'and nothing is changed');

-- the limit
update wedsync_data.settings set value = '3' where name = 'list_max_elements';
create function pg_temp.add(list text, n integer) returns text language sql as $$
    select coalesce(e.e #>> '{detail,problems,0,rule}', 'added')
    from tap.error(
        'emma', format('select wedsync.add_list_element(%L, %L, %L)', tap.couple('emma'), list, jsonb_build_object('name', 'Element ' || n))
    ) as e (e)
$$;
select results_eq(
    'select pg_temp.add(''key_moments'', n) from generate_series(1, 3) as n', array['added', 'added', 'too_many_elements'], 'three elements are three, not four'
);
select results_eq(
    'select pg_temp.add(''family_vips'', n) from generate_series(1, 4) as n', array['added', 'added', 'added', 'too_many_elements'], 'in each list'
);
select is((select count(*) from wedsync_data.key_moments where couple_id = tap.couple('emma')), 3::bigint, 'control: three are there');
select * from finish();
rollback;

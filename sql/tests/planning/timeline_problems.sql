-- proves: F004-62
-- Problems of a timeline: overlaps, conflicts, dependencies; page by page, and only what the caller sees.
begin;
select plan(22);
select tap.wedding('emma');
select tap.supplier('band', 'emma', '{basic}'), tap.supplier('stranger');
create function pg_temp.add(name text, clock text, minutes integer, more jsonb default '{}') returns void language sql as $$
    insert into wedsync_data.timeline_items (couple_id, title, starts_at, duration_minutes, location, owner, supplier_ids, participants, status)
    values (
        tap.couple('emma'), name, ('2027-06-12 ' || clock)::timestamptz, minutes, more ->> 'place', more ->> 'owner',
        case when more ->> 'band' = 'true' then array[tap.firm('band')] else '{}' end,
        array(select jsonb_array_elements_text(coalesce(more -> 'people', '[]'))), coalesce(more ->> 'status', 'planned')
    )
$$;
create function pg_temp.id(name text) returns uuid language sql as $$ select i.id from wedsync_data.timeline_items as i where i.title = $1 $$;
create function pg_temp.problems(who text default 'emma', more text default '') returns setof text language sql as $$
    select concat_ws(
        ' ', r ->> 'kind', case when r ->> 'is_conflict' = 'true' then '!' end, a.title, b.title, r ->> 'minutes',
        (select string_agg(s.v, '+') from jsonb_array_elements_text(r -> 'shared') as s (v))
    )
    from tap.rows(who, format('select * from wedsync.timeline_problems(%L%s)', tap.couple('emma'), more)) with ordinality as r (r, n)
    left join wedsync_data.timeline_items as a on a.id = (r ->> 'item_id')::uuid
    left join wedsync_data.timeline_items as b on b.id = (r ->> 'other_id')::uuid
    order by n
$$;
select is_empty('select pg_temp.problems()', 'an empty timeline has none');
select pg_temp.add('Hair', '10:00', 60, '{"place": "Hotel", "people": ["Emma"]}'), pg_temp.add('Flowers', '11:00', 30, '{"place": "Church"}');
select is_empty('select pg_temp.problems()', 'nor has one after the other');
select pg_temp.add('Photos', '10:40', 30, '{"place": "hotel", "owner": "Ann", "people": ["Emma", "Ada"]}');
select results_eq(
    'select pg_temp.problems()', array['overlap ! Hair Photos 20 location+participant', 'overlap Photos Flowers 10'],
    'overlaps are told; those that share something are conflicts'
);
select pg_temp.add('Toast', '10:20', null);
select ok('overlap Hair Toast 0' in (select pg_temp.problems()), 'a moment within something, too');
delete from wedsync_data.timeline_items where title = 'Toast';
select pg_temp.add('Cake', '10:40', 30, '{"status": "skipped", "place": "Hotel"}');
select is((select count(*) from pg_temp.problems()), 2::bigint, 'what is skipped overlaps nothing');
update wedsync_data.timeline_items set depends_on = array[pg_temp.id('Cake'), pg_temp.id('Hair')] where title = 'Flowers';
select results_eq(
    'select pg_temp.problems()',
    array['overlap ! Hair Photos 20 location+participant', 'overlap Photos Flowers 10', 'depends_on_skipped ! Flowers Cake'],
    'what depends on something that is skipped'
);
update wedsync_data.timeline_items set depends_on = array[pg_temp.id('Photos')] where title = 'Flowers';
select ok('starts_before_dependency_ends ! Flowers Photos 10' in (select pg_temp.problems()), 'what starts before its dependency ends');

-- from one place to the other
delete from wedsync_data.timeline_items where couple_id = tap.couple('emma');
select pg_temp.add('Vows', '14:00', 30, '{"place": "Church", "people": ["Emma", "Ada"], "owner": "Ann", "band": true}');
select pg_temp.add('Dance', '14:40', 60, '{"place": "Manor", "people": ["Emma"]}');
select results_eq('select pg_temp.problems()', array['no_time_to_travel Vows Dance 5 participant'],
    'whoever is expected elsewhere ten minutes later has no time to get there');
create function pg_temp.moved(assignment text) returns text[] language plpgsql as $$
begin
    execute format('update wedsync_data.timeline_items set %s where title = ''Dance''', assignment);
    return (select array_agg(p) from pg_temp.problems() as p);
end
$$;
select is(pg_temp.moved(m.assignment), m.problems, m.assignment) from (values
    ('participants = ''{}'', owner = ''ann''', array['no_time_to_travel Vows Dance 5 owner']),
    (format('owner = null, supplier_ids = array[%L::uuid]', tap.firm('band')), '{"no_time_to_travel Vows Dance 5 supplier"}'),
    ('location = ''church''', null), ('location = ''Manor'', starts_at = ''2027-06-12 14:45''', null),
    ('starts_at = ''2027-06-12 14:30''', '{"no_time_to_travel Vows Dance 15 supplier"}'), ('supplier_ids = ''{}''', null)
) as m (assignment, problems);
update wedsync_data.timeline_items set participants = '{Emma}' where title = 'Dance';
insert into wedsync_data.timeline_items (couple_id, title, category, starts_at, duration_minutes)
values (tap.couple('emma'), 'Bus', 'transport', '2027-06-12 14:30', 5);
select ok(not exists (select from pg_temp.problems() as p where p ~ 'travel'), 'a planned transfer says how long it takes');
delete from wedsync_data.timeline_items where couple_id = tap.couple('emma');
select pg_temp.add('Hair', '10:00', 60, '{"place": "Hotel", "people": ["Emma"]}'), pg_temp.add('Flowers', '11:00', 30, '{"place": "Church"}'),
    pg_temp.add('Photos', '10:40', 30, '{"place": "hotel", "owner": "Ann", "people": ["Emma", "Ada"]}');
update wedsync_data.timeline_items set depends_on = array[pg_temp.id('Photos')] where title = 'Flowers';

-- pages
select results_eq(
    $$ select pg_temp.problems('emma', ', 0, 1') union all select pg_temp.problems('emma', ', 1, 1') union all select pg_temp.problems('emma', ', 2, 5') $$,
    'select pg_temp.problems()', 'page by page it is the same'
);
select is(
    tap.error('emma', format('select * from wedsync.timeline_problems(%L, 0, %s)', tap.couple('emma'), n)) #>> '{detail,parameter}', 'max_rows',
        'not ' || n || ' rows'
) from unnest(array[0, 501]) as n;
-- who sees what
select is_empty($$ select pg_temp.problems('band') $$, 'who sees no items sees no problems');
update wedsync_data.timeline_items set supplier_ids = array[tap.firm('band')] where title in ('Hair', 'Photos');
select results_eq(
    $$ select pg_temp.problems('band') $$, array['overlap ! Hair Photos 20 location+supplier+participant'], 'a supplier those among its items'
);
select is(
    tap.error('stranger', format('select * from wedsync.timeline_problems(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404', 'a stranger nothing'
);
select is(
    tap.error(null, format('select * from wedsync.timeline_problems(%L)', tap.couple('emma')), 'anon') ->> 'sqlstate', '42501', 'nor who is not signed in'
);
select * from finish();
rollback;

-- proves: F000-45, F000-63, C-26
-- Two people from the same base: different fields both succeed, the same field raises PT409 with all that is needed to decide.
begin;
select plan(21);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''partner'')', tap.couple('emma'), tap.id('james')), 'service_role');
select tap.call('james', 'select wedsync.set_display_name(''James'')');
create temporary table base on commit drop as
select (tap.patch('emma', 'emma', '{"guest_count": {"adults": 100}, "wedding_style": ["boho"], "partner2_name": "Jim"}') ->> 'version')::integer as v;

select is(tap.patch('james', 'emma', '{"guest_count": {"adults": 120}}', v) -> 'success', 'true', 'the first from the base') from base;
select is(tap.patch('emma', 'emma', '{"wedding_style": ["rustic"]}', v) -> 'success', 'true', 'another field from the same base') from base;
select is(tap.patch('emma', 'emma', '{"guest_count": {"children": 5}}', v) -> 'success', 'true', 'another key of the same column from the same base') from base;
create temporary table before on commit drop as select tap.state('emma') as state;
create temporary table conflict on commit drop as
select tap.patch_error('emma', 'emma', '{"wedding.guestCount.adults": 110, "partner2_name": "James"}', v) as e from base;
select is(e ->> 'sqlstate', 'PT409', 'the same field from the same base') from conflict;
select is(e #>> '{detail,base_version}', v::text, 'which base') from conflict, base;
select is((e #>> '{detail,current_version}')::integer, v + 3, 'which version now') from conflict, base;
select is(jsonb_array_length(e #> '{detail,conflicts}'), 1, 'only the field in conflict') from conflict;
select is(
    (e #> '{detail,conflicts,0}') - '{changed_at}'::text[],
    jsonb_build_object(
        'path', 'wedding.guestCount.adults', 'base', 100, 'current', 120, 'incoming', 110,
        'changed_by', tap.id('james'), 'changed_by_name', 'James', 'changed_by_type', 'couple', 'version', v + 1
    ), 'base, current and incoming value, by whom'
) from conflict, base;
select ok((e #>> '{detail,conflicts,0,changed_at}')::timestamptz > now(), 'and when') from conflict;
select is(tap.state('emma'), (select state from before), 'nothing was stored, the other field neither');
select is(tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 120}', v) ->> 'message', 'Nothing changed', 'the same new value is no conflict') from base;
select is(tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 110}', v + 3) -> 'success', 'true', 'from the present version it passes') from base;
select is(tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 111}') -> 'success', 'true', 'without a base nothing is compared');
select is((
    select count(*)
    from jsonb_array_elements(
        tap.patch_error('emma', 'emma', '{"guest_count": {"adults": 1, "children": 1}, "wedding_style": ["x"]}', v) #> '{detail,conflicts}'
    )
),
    3::bigint, 'several conflicts are listed together') from base;
select is(
    tap.patch_error('emma', 'emma', '{"guest_count": {"adults": 1}}', 1) #> '{detail,conflicts,0,base}', 'null',
    'an old base shows the value of then, empty here'
);

-- list elements
create temporary table moment on commit drop as
select tap.call('emma', format($$ select wedsync.add_list_element(%L, 'key_moments', '{"name": "Cake"}') ->> 'id' $$, tap.couple('emma'))) as one,
    tap.call('emma', format($$ select wedsync.add_list_element(%L, 'key_moments', '{"name": "Dance"}') ->> 'id' $$, tap.couple('emma'))) as two;
update base set v = (tap.state('emma') #>> '{clock,version}')::integer;
select tap.patch('james', 'emma', jsonb_build_object('key_moments', jsonb_build_array(jsonb_build_object('id', one, 'name', 'Cakes')))) from moment;
select is(
    tap.patch('emma', 'emma', jsonb_build_object('key_moments.' || two || '.name', 'Dances'), v) -> 'success', 'true', 'another element from the same base'
) from moment, base;
select is(
    tap.patch_error('emma', 'emma', jsonb_build_object('key_moments.' || one || '.name', 'Pie'), v) #>> '{detail,conflicts,0,path}',
    'timeline.keyMoments/' || one || '/name', 'the same element conflicts'
) from moment, base;
select is(tap.patch('emma', 'emma', jsonb_build_object('key_moments.' || one || '.time', '20:00'), v) -> 'success', 'true', 'not another key of it')
from moment, base;

-- what a conflict tells a supplier
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
update base set v = tap.call('chef', 'select version_number from wedsync.core_fields')::integer;
select tap.patch('emma', 'emma', '{"budget.total": 77777, "guest_count": {"adults": 10}}', null, 'the budget is 77777');
create temporary table told on commit drop as select tap.patch_error('chef', 'emma', '{"guest_count": {"adults": 11}}', v) as e from base;
select is(e ->> 'sqlstate', 'PT409', 'a supplier''s conflict') from told;
select ok(e::text not like '%77777%', 'names no hidden value') from told;
select is((e #>> '{detail,current_version}'), tap.call('chef', 'select version_number from wedsync.core_fields'), 'and the version that the supplier sees')
from told;
select * from finish();
rollback;

-- proves: F000-08, F000-21, C-06, C-54
-- The total is the sum of adults and children: computed when it is not given, refused when it is another number.
begin;
select plan(28);
select tap.wedding('emma');
create function pg_temp.guests() returns jsonb language sql stable
as $$ select f.guest_count from wedsync_data.core_fields as f where f.couple_id = tap.couple('emma') $$;

select is(pg_temp.guests(), '{"adults": null, "children": null, "total": null, "confirmed": 0, "pending": 0}', 'a new record knows no numbers');
select is(tap.patch('emma', 'emma', '{"wedding.guestCount.total": 80}') -> 'changed', '["wedding.guestCount.total"]', 'a total alone is a fine estimate');
select bag_eq(
    $$ select jsonb_array_elements_text(tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 100}') -> 'changed') $$,
    '{wedding.guestCount.adults,wedding.guestCount.total}'::text[], 'a part given: the total follows and is reported'
);
select is(pg_temp.guests() ->> 'total', '100', 'it is the sum, children unknown');
select tap.patch('emma', 'emma', '{"guest_count": {"children": 20}}');
select is(pg_temp.guests(), '{"adults": 100, "children": 20, "total": 120, "confirmed": 0, "pending": 0}', '100 and 20 make 120');
select is(
    tap.patch_rules('emma', 'emma', '{"guest_count": {"adults": 110, "children": 20, "total": 120}}'),
    '{"wedding.guestCount.total": "sum_of_adults_and_children"}', 'a total beside its parts that is not the sum'
);
select is(tap.patch_rules('emma', 'emma', '{"guest_count.total": 7}') ->> 'wedding.guestCount.total', 'sum_of_adults_and_children', 'or without them');
select is(tap.patch('emma', 'emma', '{"guest_count": {"adults": 110, "children": 20, "total": 130}}') -> 'success', 'true', 'the right sum is welcome');
select is(
    tap.patch('emma', 'emma', '{"guest_count": {"adults": 115, "confirmed": 0, "pending": 0}}') -> 'changed',
    '["wedding.guestCount.adults", "wedding.guestCount.total"]', 'derived numbers sent back unchanged are no attempt to write'
);
select is(
    tap.patch_error('emma', 'emma', '{"guest_count": {"confirmed": 5}}') -> 'detail', '{"unauthorized_fields": ["wedding.guestCount.confirmed"]}',
    'derived numbers are not written by people'
);
select tap.run('emma', $$ update wedsync.core_fields set guest_count = guest_count || '{"adults": 120}' $$);
select is(pg_temp.guests() ->> 'total', '140', 'through the view the total follows too');
select is(
    tap.error('emma', $$ update wedsync.core_fields set guest_count = guest_count || '{"adults": 1, "total": 3}' $$) ->> 'sqlstate', 'PT422',
    'a wrong total is refused there'
);
select tap.run(
    null, format($$ update wedsync_data.core_fields set guest_count = guest_count || '{"children": 0}' where couple_id = %L $$, tap.couple('emma')),
    'service_role'
);
select is(pg_temp.guests() ->> 'total', '120', 'and after a direct statement of a server');
select is(
    tap.error(
        null, format($$ update wedsync_data.core_fields set guest_count = guest_count || '{"total": 3}' where couple_id = %L $$, tap.couple('emma')),
        'service_role'
    )
    #>> '{detail,problems,0,rule}',
    'sum_of_adults_and_children', 'whose wrong total is refused as well'
);
select is(
    tap.error(
        null, format($$ update wedsync_data.core_fields set guest_count = %L where couple_id = %L $$, g.v, tap.couple('emma')), 'service_role'
    ) ->> 'sqlstate', g.state,
    'a direct statement cannot store ' || g.v
)
from (
    values ('{"adults": "many"}', 'PT422'), ('{"adults": -1}', 'PT422'), ('{"adults": 1.5}', 'PT422'), ('{"babies": 1}', '23514'), ('[]', '23514'),
        ('7', '23514')
) as g (v, state);
select is(
    tap.patch('emma', 'emma', '{"guest_count": null}') -> 'success', 'true', 'all numbers can be emptied at once'
);
select is(pg_temp.guests() - '{confirmed,pending}'::text[], '{"adults": null, "children": null, "total": null}', 'they are empty then');

-- the sources' own default record counts nobody in its parts
select tap.patch('emma', 'emma', '{"guest_count": {"adults": 0, "children": 0, "total": 100}}');
select is(pg_temp.guests() - '{confirmed,pending}'::text[], '{"adults": 0, "children": 0, "total": 100}', 'a total beside parts of nobody is an estimate');
select tap.patch('emma', 'emma', '{"wedding.guestCount.total": 120}');
select is(pg_temp.guests() ->> 'total', '120', 'which can change by itself');
select tap.patch('emma', 'emma', '{"wedding.style": ["rustic"]}');
select is(pg_temp.guests() ->> 'total', '120', 'and stays when something else changes');
select tap.patch('emma', 'emma', '{"wedding.guestCount.children": 4}');
select is(pg_temp.guests() ->> 'total', '4', 'a part that counts somebody decides the total');
select tap.patch('emma', 'emma', '{"wedding.guestCount.children": 0}');
select is(pg_temp.guests() ->> 'total', '0', 'also when it goes back to nobody');
select tap.run(
    null, format($$ update wedsync_data.core_fields set guest_count = guest_count || '{"total": 90}' where couple_id = %L $$, tap.couple('emma')),
    'service_role'
);
select is(pg_temp.guests() ->> 'total', '90', 'a server may give an estimate as well');
select * from finish();
rollback;

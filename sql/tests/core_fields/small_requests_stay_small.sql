-- proves: F001-24
-- A number of eight bytes can be a hundred thousand digits as text: requests are refused before any of it becomes text.
begin;
select plan(5);
set local statement_timeout = '5s';
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
grant select on made to public;
create temporary table huge on commit drop as select ('[' || string_agg('1e131071', ',') || ']')::jsonb as numbers from generate_series(1, 7000);
grant select on huge to public;
select tap.back();
select throws_ok(
    $$
        select tap.call('emma', format('select wedsync.update_core_fields(%L, jsonb_build_object(''wedding.style'', (select numbers from huge)))', couple))
        from made
    $$,
    '22023', null, 'a patch'
);
select throws_ok(
    $$
        select tap.call(
            'nobody', format('select wedsync.add_list_element(%L, ''key_moments'', jsonb_build_object(''id'', (select numbers from huge)))', couple)
        ) from made
    $$,
    '22023', null, 'an element, even before anybody looks at rights'
);
update huge set numbers = (select jsonb_agg(n) from (select n from jsonb_array_elements(numbers) as n limit 3000) as few);
select throws_ok(
    $$
        select tap.call(
            'emma',
            format('select wedsync.add_list_element(%L, ''key_moments'', jsonb_build_object(''name'', ''x'', ''id'', (select numbers from huge)))', couple)
        ) from made
    $$,
    '22023', null, 'a few numbers fewer'
);
select throws_ok(
    $$
        select tap.call(
            'emma',
            format(
                'select wedsync.update_core_fields(%L, jsonb_build_object(''key_moments'', jsonb_build_array(jsonb_build_object(''id'', (select numbers from '
                'huge)))))',
                couple
            )
        ) from made
    $$,
    '22023', null, 'in a patch too'
);
select lives_ok(
    $$
        select tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Cake", "vendor_involved": null}'')', couple)) from made
    $$,
    'an empty list of suppliers may be given as null'
);
select * from finish();
rollback;

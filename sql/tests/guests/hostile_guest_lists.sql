-- proves: F001-04
-- Lists that were made to break the import: they end soon, with an answer, and people without a name have a household.
begin;
select plan(12);
select tap.guest_list('emma');
set local statement_timeout = '20s';
create function pg_temp.import(csv text, options jsonb default '{"preview": true}') returns jsonb language sql as $$
    select tap.call('emma', format('select wedsync.import_guests(%L, %L, %L)', tap.couple('emma'), csv, options))::jsonb
$$;
create function pg_temp.rules(answer jsonb) returns text language sql as $$
    select string_agg(distinct p.v ->> 'rule', ' ' order by p.v ->> 'rule') from jsonb_array_elements(answer -> 'problems') as p (v)
$$;
select is(pg_temp.rules(pg_temp.import(h.heading || E'\n' || h.cells)), h.rules, h.what) from (values
    ('Name', repeat('A & ', 50000), 'import_duplicate import_same_name import_too_long', 'a cell with 50000 names'),
    ('Name', repeat('Mr & Mrs ', 20000), 'import_too_long', 'one with as many titles'),
    ('Name,Dietary', 'A B,"' || repeat('vegan and nut allergy,', 20000) || '"', 'import_too_long', 'one with 40000 diets'),
    ('First name,Last name,Email', 'A,B,"' || repeat('a@example.org;', 50000) || '"', 'import_too_long', 'one with 50000 addresses'),
    ('Name,Adults,Children', 'A B,1e400,99999999999999999999', null, 'numbers beyond all bounds'),
    ('First name', 'A,' || repeat('x,', 300000), 'import_cells', 'a row of 300000 cells'),
    ('Name', repeat('"', 500001), 'import_too_long', 'nothing but quotation marks')
) as h (heading, cells, rules, what);
select is(
    pg_temp.import((select E'First name,Last name\n' || string_agg(format(E'A%s & B%s,Smith', n, n), E'\n') from generate_series(1, 4000) as n)) -> 'guests',
    '8000', 'thousands of couples in one cell each take no longer than others'
);
select is(pg_temp.import(E'Name\nMr & Mrs\nDr', '{}') -> 'guests', '3', 'titles are people, too');
select results_eq(
    $$
        select h.name, g.title from wedsync_data.guests as g join wedsync_data.households as h on h.couple_id = g.couple_id and h.id = g.household_id
        where g.couple_id = tap.couple('emma') and g.title is not null order by 1, 2
    $$, $$ values ('Dr', 'Dr'), ('Mr & Mrs', 'Mr'), ('Mr & Mrs', 'Mrs') $$, 'of households that are called like them'
);
select is(
    tap.error('emma', format('select wedsync.import_guests(%L, %L)', tap.couple('emma'), repeat('x', 5300000))) ->> 'sqlstate', 'PT413',
        'five megabytes are enough'
);
select is((select count(*) from wedsync_data.guests as g where g.couple_id = tap.couple('emma')), 7::bigint, 'and nothing else was stored');
select * from finish();
rollback;

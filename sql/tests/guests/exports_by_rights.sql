-- proves: F003-18
-- Exports of guests hold the columns that the caller may read, by page, and are logged.
begin;
select plan(14);
select tap.guest_list('emma');
select tap.supplier('desk', 'emma', '{guests.rsvp,guests.contact}'), tap.supplier('venue', 'emma', '{guests.names}', category => 'venue');
create function pg_temp.export(who text, arguments text default '') returns text language sql as $$
    select tap.call(who, format('select wedsync.export_guests(%L%s)', tap.couple('emma'), arguments)) $$;
create function pg_temp.refused(who text, arguments text default '', db_role text default 'authenticated') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.export_guests(%L%s)', tap.couple('emma'), arguments), db_role) $$;
select is(pg_temp.refused('desk') #> '{detail,unauthorized_fields}', '["guests.names"]', 'a list of guests has names');
select is(pg_temp.refused('desk', ', ''vcard''') ->> 'sqlstate', '42501', 'and so have cards');
select is(pg_temp.refused('stranger') ->> 'sqlstate', 'PT404', 'a stranger finds nothing');
select is(pg_temp.refused(null, '', 'anon') ->> 'sqlstate', '42501', 'nor does anybody without a login');
select is(pg_temp.refused('emma', e.arguments) ->> 'sqlstate', '22023', e.arguments)
from (values (', ''xls'''), (', max_rows => 0'), (', max_rows => 20001'), (', skip => -1'), (', null')) as e (arguments);
select is(
    split_part(pg_temp.export('venue'), E'\r\n', 1), 'Title,First name,Last name,Suffix,Side,Relationship,Age class,Plus one allowed',
        'no heading of what is hidden'
);
select isnt_empty(
    $$ select from wedsync_data.access_log as l where l.action = 'export_guests' and l.supplier_id = tap.firm('venue') $$, 'what suppliers export is logged'
);
select ok(split_part(pg_temp.export('emma'), E'\r\n', 1) ~ '^Household,.*,Allergies,.*,Notes,RSVP Dinner,RSVP Brunch$', 'the couple has all of it');
select is(regexp_count(pg_temp.export('emma', ', max_rows => 2'), E'\r\n'), 3, 'a page, under its headings');
select is(
    pg_temp.export('emma', ', max_rows => 2') || substr(p.rest, strpos(p.rest, E'\r\n') + 2), pg_temp.export('emma'), 'the pages together are the list'
) from (select pg_temp.export('emma', ', skip => 2') as rest) as p;
select * from finish();
rollback;

-- proves: F001-27, F001-34, F001-35, C-40, C-42
-- A wedding day is a Saturday or the date of a wedding, in the wedding's own zone; some operations need to be allowed there.
begin;
select plan(44);
select tap.wedding('emma');
select tap.wedding('mia');
create function pg_temp.set_day(who text, day date, zone text) returns void language sql as $$
    update wedsync_data.core_fields set wedding_date = day, time_zone = zone where couple_id = tap.couple(who)
$$;
create function pg_temp.is_day(who text, at text, of_wedding text default null, role_name text default 'authenticated') returns text language sql as $$
    select tap.call(who, format(
        'select wedsync.is_wedding_day(%L%s)', at, case when of_wedding is null then '' else format(', %L', tap.couple(of_wedding)) end
    ), role_name)
$$;
-- 2027-06-12 is a Saturday
select pg_temp.set_day('emma', '2027-06-16', 'Europe/London');
select is(pg_temp.is_day('emma', d.at, 'emma'), d.answer, d.why) from (values
    ('2027-06-12 12:00Z', 'true', 'a Saturday'), ('2027-06-11 22:59Z', 'false', 'Friday, one minute before midnight in summer time'),
    ('2027-06-11 23:00Z', 'true', 'Saturday begins in its zone, an hour before UTC'), ('2027-06-12 22:59Z', 'true', 'and lasts until its midnight'),
    ('2027-06-12 23:00Z', 'false', 'Sunday'), ('2027-06-15 23:00Z', 'true', 'the wedding, on a Wednesday'), ('2027-06-16 23:00Z', 'false', 'the day after'),
    ('2027-06-14 12:00Z', 'false', 'a Monday')
) as d (at, answer, why);
-- the night in which clocks are set back has 25 hours: 2027-10-31 in London
select pg_temp.set_day('emma', '2027-10-31', 'Europe/London');
select is(pg_temp.is_day('emma', d.at, 'emma'), d.answer, d.why) from (values
    ('2027-10-30 22:59Z', 'true', 'still Saturday'), ('2027-10-30 23:00Z', 'true', 'the wedding''s Sunday begins in summer time'),
    ('2027-10-31 23:59Z', 'true', 'and ends an hour later, in winter time'), ('2027-11-01 00:00Z', 'false', 'Monday')
) as d (at, answer, why);
select pg_temp.set_day('emma', null, 'Pacific/Kiritimati');
select is(pg_temp.is_day('emma', '2027-06-11 10:00Z', 'emma'), 'true', 'fourteen hours ahead, without a date');
select is(pg_temp.is_day('emma', '2027-06-12 10:00Z'), 'false', 'of all weddings of the caller: it is Sunday there');
select is(pg_temp.is_day('nobody', '2027-06-12 10:00Z'), 'true', 'without a wedding, by UTC');
select pg_temp.set_day('mia', '2027-06-15', 'America/New_York');
select is(pg_temp.is_day('emma', '2027-06-15 12:00Z'), 'false', 'the wedding of others is none of the caller''s');
select is(pg_temp.is_day('mia', '2027-06-15 12:00Z'), 'true', 'it is theirs');
select is(pg_temp.is_day(null, '2027-06-15 12:00Z', null, 'service_role'), 'true', 'a server is told of any');
select is(pg_temp.is_day(null, d.at, null, 'service_role'), d.answer, d.why) from (values
    ('2027-06-16 03:59Z', 'true', 'until midnight there'), ('2027-06-15 03:59Z', 'false', 'and from midnight there')
) as d (at, answer, why);
select is(pg_temp.is_day(null, '2027-06-15 12:00Z', 'emma', 'service_role'), 'false', 'or of one');
select is(tap.error(e.who, e.query, e.db_role) ->> 'sqlstate', e.state, e.why) from (values
    ('emma', format('select wedsync.is_wedding_day(now(), %L)', tap.couple('mia')), 'authenticated', 'PT404', 'not for others'),
    (null, 'select wedsync.is_wedding_day()', 'authenticated', '42501', 'not without a name'),
        (null, 'select wedsync.is_wedding_day()', 'anon', '42501', 'nor for anon'),
    ('emma', 'select wedsync.is_wedding_day(null)', 'authenticated', '22023', 'null is no moment'),
    ('emma', 'select wedsync.is_wedding_day(''infinity'')', 'authenticated', '22023', 'nor is infinity')
) as e (who, query, db_role, state, why);

-- schema changes wait for weddings that are still to come
delete from wedsync_data.weddings as w where w.id <> all (array[tap.couple('emma'), tap.couple('mia')]);
create function pg_temp.today(zone text) returns date language sql as $$ select (now() at time zone zone)::date $$;
select pg_temp.set_day('emma', pg_temp.today('Pacific/Kiritimati'), 'Pacific/Kiritimati');
select pg_temp.set_day('mia', pg_temp.today('UTC') - 300, 'UTC');
select is(wedsync_internal.weddings_protected_now(), 1, 'a wedding today, in its zone; one that is over does not count');
-- a zone in which it is not Saturday
select pg_temp.set_day('emma', pg_temp.today('UTC') + 90, z.name)
from (values ('Etc/GMT-12'), ('Etc/GMT+12')) as z (name) where extract(isodow from now() at time zone z.name) <> 6 order by z.name limit 1;
select is(wedsync_internal.weddings_protected_now(), 0, 'not on another day');
select pg_temp.set_day(d.who, d.day, 'Pacific/Kiritimati') from (values ('emma', date '2027-06-11'), ('mia', null)) as d (who, day);
select is(wedsync_internal.weddings_protected_now('2027-06-11 10:00Z'), 1, 'on a Saturday, those that are not over, with or without a date');
select is(wedsync_internal.weddings_protected_now('2027-06-11 09:59Z'), 1, 'the minute before, the wedding on that Friday');

-- protected operations
create function pg_temp.make_it_a_wedding_day() returns void language sql as $$ select pg_temp.set_day('emma', pg_temp.today('UTC'), 'UTC') $$;
create function pg_temp.reset(who text, role_name text default 'authenticated') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.reset_access(%L, ''new start'')', tap.couple('emma')), role_name)
$$;
select tap.supplier('caterer', 'emma', '{basic}');
select tap.supplier('florist', 'emma', '{basic}');
select pg_temp.make_it_a_wedding_day();
select is(pg_temp.reset('emma') ->> 'sqlstate', 'PT409', 'permissions are not reset on a wedding day');
select is(pg_temp.reset('emma') #>> '{detail,operation}', 'permission_reset', 'the error names the operation');
select is(
    tap.error(e.who, format('select wedsync.allow_on_wedding_day(%L, %L, %L, %s)', tap.couple('emma'), e.operation, e.reason, e.minutes)) ->> 'sqlstate',
        e.state, e.why
) from (values
    ('mia', 'permission_reset', 'why', '60', 'PT404', 'not by others'), ('emma', 'schema_upgrade', 'why', '60', '22023', 'an unknown operation'),
    ('emma', 'permission_reset', '  ', '60', '22023', 'a blank reason'), ('emma', 'permission_reset', 'why', '0', '22023', 'no time'),
    ('emma', 'permission_reset', 'why', '1441', '22023', 'more than a day'), ('emma', 'permission_reset', 'why', 'null', '22023', 'no end')
) as e (who, operation, reason, minutes, state, why);
select ok(
    tap.call('emma', format('select wedsync.allow_on_wedding_day(%L, ''bulk_replace'', ''new list'')',
        tap.couple('emma')))::timestamptz > now() + interval '59 minutes',
    'allowed for an hour'
);
select is(pg_temp.reset('emma') ->> 'sqlstate', 'PT409', 'one operation is not another');
select tap.call('emma', format('select wedsync.allow_on_wedding_day(%L, ''permission_reset'', ''they left'', 5)', tap.couple('emma')));
select is(
    tap.call('emma', format('select wedsync.reset_access(%L)', tap.couple('emma'))), '2', 'then it passes, for both suppliers'
);
select is(
    (select count(*) from wedsync_data.grants as g where g.couple_id = tap.couple('emma') and g.state in ('pending', 'approved')), 0::bigint,
        'nobody has access'
);
select is(
    (select count(*) from wedsync_data.audit_log as a where a.couple_id = tap.couple('emma') and a.table_name = 'wedding_day_overrides'), 2::bigint,
    'each permission is audited'
);
update wedsync_data.wedding_day_overrides set allowed_at = now() - interval '2 hours', valid_until = now() - interval '1 hour';
select is(pg_temp.reset('emma') ->> 'sqlstate', 'PT409', 'it ends');
select * from finish();
rollback;

-- proves: F000-55
-- Quiet hours over midnight and in the nights in which the clocks change: they end, after the moment that was asked about, and on time.
begin;
select plan(14);
select tap.wedding('emma');
insert into wedsync_data.notification_addresses (owner_id, is_supplier, time_zone, quiet_from, quiet_until)
values (tap.id('emma'), false, 'Europe/London', '22:00', '07:00');
create function pg_temp.until(at timestamptz) returns text language sql as $$
    select to_char(wedsync_internal.quiet_until(tap.id('emma'), at) at time zone 'UTC', 'DD HH24:MI')
$$;
create function pg_temp.set_hours(quiet_from time, quiet_until time, zone text default 'Europe/London') returns void language sql as $$
    update wedsync_data.notification_addresses as a set quiet_from = $1, quiet_until = $2, time_zone = $3 where a.owner_id = tap.id('emma')
$$;
select is(pg_temp.until(q.at), q.says, q.what) from (values
    ('2027-01-05 21:59:59+00'::timestamptz, null, 'before they begin'), ('2027-01-05 22:00+00', '06 07:00', 'from their first moment'),
    ('2027-01-05 23:59:59.999+00', '06 07:00', 'before midnight'), ('2027-01-06 00:00+00', '06 07:00', 'from midnight on'),
    ('2027-01-06 07:00+00', null, 'not at their last moment'),
    ('2027-03-27 23:00+00', '28 06:00', 'in the night that is an hour shorter'), ('2027-10-30 22:00+00', '31 07:00', 'in the one that is an hour longer')
) as q (at, says, what);
-- ends within the hour that the clocks skip, or show twice
select pg_temp.set_hours('22:00', '01:30');
select is(pg_temp.until('2027-03-28 00:59+00'), '28 01:30', 'an end that the clocks skip comes as if they had not gone forward yet');
select is(pg_temp.until('2027-10-30 23:30+00'), '31 01:30', 'of an end that they show twice, the second');
create function pg_temp.wrong(night date, hours time[]) returns bigint language plpgsql as $$
begin
    perform pg_temp.set_hours(hours[1], hours[2]);
    return (
        select count(*) from generate_series(night - interval '12 hours', night + interval '36 hours', interval '5 minutes') as n (at)
        cross join lateral (select wedsync_internal.quiet_until(tap.id('emma'), n.at) as ends) as q
        where q.ends <= n.at or q.ends > n.at + interval '25 hours' or wedsync_internal.quiet_until(tap.id('emma'), q.ends) is not null
    );
end $$;
select is((
    select sum(pg_temp.wrong(n.night, h.hours))
    from (values ('2027-03-28'::date), ('2027-10-31'), ('2027-06-12')) as n (night)
    cross join (values ('{22:00,07:00}'::time[]), ('{22:00,01:30}'), ('{01:15,01:45}'), ('{00:00,02:00}'), ('{13:00,14:00}')) as h (hours)
), 0::numeric, 'they end later, within a day, and not in other quiet hours');
select is(pg_temp.wrong('2027-10-31', '{01:59,01:01}'), 0::bigint, 'also those with a pause of an hour, where the clocks show it twice');
-- what is queued and claimed then
select pg_temp.set_hours((now() at time zone 'UTC')::time - interval '1 hour', (now() at time zone 'UTC')::time + interval '2 hours', 'UTC');
update wedsync_data.users set email = 'emma@example.org' where id = tap.id('emma');
select wedsync_internal.notify(tap.couple('emma'), 'task_assigned', '{"task": "rings", "due": null}', jsonb_build_object('users', array[tap.id('emma')]));
select is(
    (select d.due_at from wedsync_data.deliveries as d where d.channel = 'email'), wedsync_internal.quiet_until(tap.id('emma'), clock_timestamp()),
    'it waits for their end'
);
update wedsync_data.deliveries set due_at = now();
select is((select count(*) from wedsync_internal.claim_deliveries(tap.id('one'), '{email}', 10)), 0::bigint, 'also if they have changed since');
select is(
    (select d.due_at from wedsync_data.deliveries as d where d.channel = 'email'), wedsync_internal.quiet_until(tap.id('emma'), clock_timestamp()),
    'and is put off again'
);
select * from finish();
rollback;

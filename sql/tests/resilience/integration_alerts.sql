-- proves: F001-30, F001-32, F001-35
-- Degraded integrations raise one alert each and resolve it; on wedding days sooner, more often, and as critical.
begin;
select plan(18);
delete from wedsync_data.weddings;
create or replace function wedsync_internal.any_wedding_day(at timestamptz default now()) returns boolean language sql stable
as $$ select current_setting('tap.wedding_day', true) is not distinct from 'true' $$;
create function pg_temp.checked(second integer default 5) returns integer language sql
as $$ select wedsync_internal.check_integrations(timestamptz '2027-06-14 12:00Z' + make_interval(secs => second)) $$;
create function pg_temp.record(integration text, succeeded boolean, n integer, ms double precision default 20) returns void language sql as $$
    select wedsync.breaker_record(integration, succeeded, ms) from generate_series(1, n)
$$;
create temp view alerts as select a.integration || ' ' || a.reason || ' ' || a.severity || case when a.resolved_at is null then '' else ' resolved' end as what
    from wedsync.integration_alerts as a;
select is(pg_temp.checked(), 0, 'nothing to say');
select pg_temp.record('push', true, 7), pg_temp.record('push', false, 1), pg_temp.record('push', true, 1);
select pg_temp.checked();
select is((select array_agg(what) from alerts), null, 'one in nine is no alert');
select pg_temp.record('push', false, 3);
select is(pg_temp.checked(15), 0, 'four in twelve is, but not before the next minute begins');
select is(pg_temp.checked(14), 1, 'then it is raised');
select is((select array_agg(what) from alerts), '{"push errors warning"}', 'a warning');
select is(
    (select array[c.status, c.detail, c.hint] from wedsync.health_checks() as c where c.name = 'integrations'),
    '{warning,"push: errors","see wedsync.integration_health()"}', 'which the doctor repeats'
);
select is((select (a.figures ->> 'error_rate')::numeric from wedsync.integration_alerts as a), 0.3333, 'with its figures');
select is(pg_temp.checked(), 0, 'raised once');
select pg_temp.record('email', false, 5);
select is(pg_temp.checked(), 2, 'an open breaker, after errors');
select set_eq('select what from alerts', '{push errors warning,email errors critical,email breaker_open critical}'::text[], 'critical for what is critical');
update wedsync_data.integration_calls set minute = minute - interval '10 minutes';
select wedsync.reset_breaker('email');
select is(pg_temp.checked(), 3, 'once it is over');
select set_eq(
    'select what from alerts', '{push errors warning resolved,email errors critical resolved,email breaker_open critical resolved}'::text[], 'all are resolved'
);
select is((select c.status from wedsync.health_checks() as c where c.name = 'integrations'), 'ok', 'and the doctor is content');
select pg_temp.record('sms', true, 6, 9000), pg_temp.record('email', true, 4, 9000);
select is(pg_temp.checked(), 1, 'slow, in more than a few calls');
select set_config('tap.wedding_day', 'true', true);
select pg_temp.record('push', true, 8), pg_temp.record('push', false, 1);
select is(pg_temp.checked(40), 1, 'on a wedding day one in nine is too much, at any second of a minute');
select ok('push errors critical' in (select what from alerts), 'and critical');
update wedsync_data.integration_calls set minute = minute - interval '2 days';
update wedsync_data.integration_alerts set resolved_at = now() - interval '91 days';
insert into wedsync_data.integrations (name) values ('webhook:old.example');
insert into wedsync_data.breakers (integration, changed_at) values ('webhook:old.example', now() - interval '31 days');
select pg_temp.checked();
select is((select count(*) from wedsync_data.integration_calls) + (select count(*) from wedsync_data.integration_alerts), 0::bigint, 'old figures are deleted');
select is((select count(*) from wedsync_data.integrations where name like 'webhook:%'), 0::bigint, 'and endpoints that nobody uses');
select * from finish();
rollback;

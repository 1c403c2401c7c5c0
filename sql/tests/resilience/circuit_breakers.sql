-- proves: F001-10, F001-11, F001-26, F001-28, F001-31, F001-48, C-41
-- Failures in a row open a breaker, sooner on wedding days; probes close it; figures show how an integration is doing.
begin;
select plan(61);
create function pg_temp.allow(integration text) returns boolean language sql as $$
    select tap.call(null, format('select wedsync.breaker_allow(%L)', integration), 'wedsync_worker')::boolean
$$;
create function pg_temp.record(integration text, succeeded boolean, ms double precision default 20) returns text language sql as $$
    select tap.call(null, format('select wedsync.breaker_record(%L, %L, %L)', integration, succeeded, ms), 'wedsync_worker')
$$;
create function pg_temp.records(integration text, results boolean[]) returns text language sql as $$
    select string_agg(pg_temp.record(integration, r.ok), ' ' order by r.n) from unnest(results) with ordinality as r (ok, n)
$$;
create function pg_temp.later(integration text) returns void language sql as $$
    update wedsync_data.breakers as b
    set retry_at = case when b.retry_at is not null then clock_timestamp() end, probe_until = case when b.probe_until is not null then clock_timestamp() end
    where b.integration = later.integration
$$;
-- no Saturday and no wedding, whenever this runs
delete from wedsync_data.weddings;
create or replace function wedsync_internal.any_wedding_day(at timestamptz default now()) returns boolean language sql stable
as $$ select current_setting('tap.wedding_day', true) is not distinct from 'true' $$;

select is((select array_agg(c.integration || ':' || c.state order by c.integration) from wedsync.circuit_breakers as c),
    '{email:closed,push:closed,sms:closed}', 'as shipped');
select is(pg_temp.allow('calendar'), true, 'an unknown one is added');
select is(pg_temp.records('calendar', '{f,f,f,f}'), 'closed closed closed closed', 'four failures');
select is(pg_temp.records('calendar', '{t,f,f,f,f}'), 'closed closed closed closed closed', 'a success starts the count anew');
select is(pg_temp.allow('calendar'), true, 'calls pass');
select is(pg_temp.record('calendar', false), 'open', 'the fifth in a row opens it');
select is(pg_temp.allow('calendar'), false, 'calls are refused');
select is(
    (select round(extract(epoch from c.retry_at - clock_timestamp())) between 28 and 30 from wedsync.circuit_breakers as c where c.integration = 'calendar'),
        true,
    'for half a minute'
);
select is(pg_temp.records('calendar', '{t,f}'), 'open open', 'late answers of earlier calls change nothing');
select pg_temp.later('calendar');
select is(array[pg_temp.allow('calendar'), pg_temp.allow('calendar'), pg_temp.allow('calendar')], '{t,f,f}', 'then one caller makes the probe');
select is((select c.state from wedsync.circuit_breakers as c where c.integration = 'calendar'), 'half_open', 'half open');
select is(pg_temp.record('calendar', false), 'open', 'a probe that fails opens it');
select is(
    (select round(extract(epoch from c.retry_at - clock_timestamp())) between 58 and 60 from wedsync.circuit_breakers as c where c.integration = 'calendar'),
        true,
    'for twice as long'
);
update wedsync_data.breakers set reopened = 30;
select pg_temp.later('calendar');
select pg_temp.allow('calendar');
select pg_temp.record('calendar', false);
select is(
    (select round(extract(epoch from c.retry_at - clock_timestamp())) between 898 and 900 from wedsync.circuit_breakers as c
        where c.integration = 'calendar'), true,
    'at most a quarter of an hour'
);
select pg_temp.later('calendar');
select is(pg_temp.allow('calendar'), true, 'another probe');
select pg_temp.later('calendar');
select is(pg_temp.allow('calendar'), true, 'a probe that never answers does not hold up the next');
select is(pg_temp.record('calendar', true), 'half_open', 'one success is not enough');
select is(pg_temp.allow('calendar'), true, 'the next probe may begin at once');
select is(pg_temp.record('calendar', true), 'closed', 'two in a row close it');
select is(array[pg_temp.allow('calendar'), pg_temp.allow('calendar')], '{t,t}', 'all calls pass');
select is(pg_temp.records('calendar', '{f,f,f,f}'), 'closed closed closed closed', 'and it counts from zero');
select results_eq(
    $$ select from_state, to_state, reason from wedsync_data.breaker_changes order by id $$,
    $$ values ('closed', 'open', 'failures'), ('open', 'half_open', 'probe'), ('half_open', 'open', 'probe_failed'), ('open', 'half_open', 'probe'),
        ('half_open', 'open', 'probe_failed'), ('open', 'half_open', 'probe'), ('half_open', 'closed', 'recovered') $$, 'every change is kept'
);

-- wedding days
select set_config('tap.wedding_day', 'true', true);
select is(pg_temp.records('sms', '{f,f}'), 'closed open', 'on a wedding day two failures are enough');
select is((select on_wedding_day from wedsync_data.breaker_changes where integration = 'sms'), true, 'which is kept too');
select is(pg_temp.record('calendar', false), 'open', 'and failures of before count');
select set_config('tap.wedding_day', '', true);
select is(pg_temp.allow('sms'), false, 'it does not close with the day');
select is(tap.call(null, 'select wedsync.reset_breaker(''sms'')', 'wedsync_admin'), '', 'an administrator closes it');
select is(array[pg_temp.allow('sms')::text, (select reason from wedsync_data.breaker_changes order by id desc limit 1)], '{true,reset}', 'at once');
select tap.call(null, 'select wedsync.reset_breaker(''sms'')', 'wedsync_admin');
select is((select count(*) from wedsync_data.breaker_changes where integration = 'sms' and reason = 'reset'), 1::bigint, 'what is closed stays closed');
select is(pg_temp.records('sms', '{f,f,f,f}'), 'closed closed closed closed', 'and it counts from zero');
select wedsync_internal.record_successes('{sms}', '{20}');
select is(pg_temp.records('sms', '{f}'), 'closed', 'a success in a batch starts the count anew');
select throws_ok(
    $$ update wedsync_data.integrations set fallback = null where name = 'email' $$, '23514', null, 'a critical integration needs a fallback'
);
update wedsync_data.integrations set failure_threshold = 1, wedding_day_threshold = 1, probes_needed = 1, open_seconds = 1 where name = 'push';
select is(pg_temp.record('push', false), 'open', 'thresholds are columns');
select pg_temp.later('push');
select pg_temp.allow('push');
select is(pg_temp.record('push', true), 'closed', 'of each integration');

-- figures
delete from wedsync_data.integration_calls;
select is(pg_temp.record('email', n > 1, n * 10), 'closed', 'a call') from generate_series(1, 10) as n;
create temp view health as select h.* from wedsync.integration_health() as h;
select is(
    (select array[h.status, h.state, h.calls::text, h.failures::text, h.error_rate::text, h.success_rate::text, h.average_ms::text, h.p50_ms::text,
        h.p95_ms::text, h.slowest_ms::text]
    from health as h where h.integration = 'email'),
    '{healthy,closed,10,1,0.1000,0.9000,55.0,50.0,100.0,100.0}', 'rates and times'
);
select is((select h.status from health as h where h.integration = 'sms'), 'unknown', 'no calls, no opinion');
select pg_temp.record('email', r.ok) from (values (false), (true), (false), (true), (false)) as r (ok);
select is((select h.status from health as h where h.integration = 'email'), 'degraded', 'more than a fifth failed');
select is(tap.call(null, 'select count(*) from wedsync.integration_health()', 'service_role')::integer > 3, true, 'for servers');
update wedsync_data.integration_calls set minute = minute - interval '20 minutes';
select is((select h.status from health as h where h.integration = 'email'), 'unknown', 'of the last minutes');
select is((select h.calls from wedsync.integration_health(60) as h where h.integration = 'email'), 15::bigint, 'or of more');
select pg_temp.record('email', true, 6000) from generate_series(1, 5);
select is((select h.status || h.p95_ms from health as h where h.integration = 'email'), 'degraded6000.0', 'too slow');
select pg_temp.records('push', '{f}');
select is((select h.status from health as h where h.integration = 'push'), 'down', 'down');

-- bad input, and who may
select is(tap.error(null, e.query, 'wedsync_worker') ->> 'sqlstate', '22023', e.query) from (values
    ('select wedsync.breaker_allow(null)'), ('select wedsync.breaker_allow('''')'), ('select wedsync.breaker_allow(''E-Mail'')'),
    ('select wedsync.breaker_allow(''x:'' || repeat(''y'', 300))'), ('select wedsync.breaker_record(''email'', null, 1)'),
    ('select wedsync.breaker_record(''email'', true, -1)'), ('select wedsync.breaker_record(''email'', true, ''NaN'')'),
    ('select wedsync.breaker_record(''email'', true, ''infinity'')'), ('select * from wedsync.integration_health(0)')
) as e (query);
select * from finish();
rollback;

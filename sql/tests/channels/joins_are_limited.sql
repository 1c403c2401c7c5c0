-- proves: F002-25, F002-26, F002-36
-- Ten new subscriptions a minute for each person. Going on after a reconnect, a refreshed token and server tokens are not counted.
begin;
select plan(35);
select tap.wedding('emma');
select tap.wedding('olivia');
update wedsync_data.rate_limits set max_requests = 10, per_seconds = 60 where endpoint = 'realtime-subscribe';
create function pg_temp.topic() returns text language sql as $$ select 'core_fields_' || tap.couple('emma') $$;
create function pg_temp.joins(
    n integer, who text default 'emma', role_name text default 'authenticated', is_refresh boolean default false
) returns text[] language sql
as $$
    select array_agg(
        tap.answer(tap.join(who, 'core_fields_' || tap.couple(coalesce(who, 'emma')), '{}', null, role_name, connection => 'c' || g, is_refresh => is_refresh))
        order by g
    ) from generate_series(1, n) as g
$$;
select is(tap.answer(tap.join('emma', t.topic)), t.code, 'refused joins are not counted: ' || t.topic)
from (values ('nope', 'UnknownTopic'), ('core_fields_' || tap.couple('olivia'), 'Unauthorized')) as t (topic, code), generate_series(1, 8);
select is(tap.join('emma', pg_temp.topic(), '{"postgres_changes": [{"table": "nope"}]}') ->> 'code', 'InvalidBinding', 'nor ones with a wrong binding')
from generate_series(1, 5);
select is(pg_temp.joins(12), array_fill('ok'::text, array[10]) || array_fill('ClientJoinRateLimitReached'::text, array[2]), 'ten pass, then none');
select matches(tap.join('emma', 'core-fields') ->> 'reason', '^too many joins, try again in [0-9]+ seconds$', 'with the time to wait');
select is((select count(*) from wedsync_data.subscriptions as s where s.user_id = tap.id('emma')), 10::bigint, 'what is open stays open');
-- stock clients ask again every ten seconds, for each channel
update wedsync_data.rate_usage set bucket = bucket - 30 where endpoint = 'realtime-subscribe';
savepoint later;
select is(pg_temp.joins(30), array_fill('ClientJoinRateLimitReached'::text, array[30]), 'half a minute later: none yet');
update wedsync_data.rate_usage set bucket = bucket - 30 where endpoint = 'realtime-subscribe';
select is(
    pg_temp.joins(12), array_fill('ok'::text, array[10]) || array_fill('ClientJoinRateLimitReached'::text, array[2]),
    'a minute later ten get in, however often they were refused'
);
rollback to later;
update wedsync_data.rate_usage set bucket = bucket + 30 where endpoint = 'realtime-subscribe';
select is(pg_temp.joins(2, 'olivia'), '{ok,ok}'::text[], 'others are counted on their own');
select is(pg_temp.joins(20, null, 'service_role'), array_fill('ok'::text, array[20]), 'server tokens are not');
select is(pg_temp.joins(5, is_refresh => true), array_fill('ok'::text, array[5]), 'nor refreshed tokens');
-- a reconnect
select wedsync_internal.leave_topics(
    array(select s.id from wedsync_data.subscriptions as s where s.user_id = tap.id('emma')),
        array(select format('%1$s:%1$s:', pg_current_xact_id()::text::bigint + 1000000) from wedsync_data.subscriptions as s where s.user_id = tap.id('emma'))
);
select is(tap.answer(tap.join('emma', pg_temp.topic())), 'ok', 'going on after a reconnect is not');
update wedsync_data.resume_points set saved_at = now() - interval '2 hours';
select is(tap.join('emma', pg_temp.topic()) ->> 'resync', 'true', 'nor when that was too long ago');
select is(tap.answer(tap.join('emma', pg_temp.topic())), 'ok', 'nor the others that were gone');
select wedsync_internal.forget_positions(array(select s.id from wedsync_data.subscriptions as s where s.resync));
update wedsync_data.resume_points set clients = 1;
select wedsync_internal.forget_positions(array[tap.subscription(tap.join('emma', pg_temp.topic()))]);
select is(tap.answer(tap.join('emma', pg_temp.topic())), 'ClientJoinRateLimitReached', 'but the next one is');
update wedsync_data.rate_limits set max_requests = null where endpoint = 'realtime-subscribe';
select is(tap.answer(tap.join('emma', pg_temp.topic())), 'ok', 'without a limit all pass');
select is(tap.error('emma', 'update wedsync_data.rate_limits set max_requests = null') ->> 'sqlstate', '42501', 'which users do not set');
select * from finish();
rollback;

-- proves: F000-74, F001-46, F002-08, F002-17, F002-22, F002-29, F002-33, C-17, C-18
-- The clean-up: five minutes without a sign of life close a subscription, an hour later it goes; only server roles run it.
begin;
select plan(23);
select tap.wedding('emma');
create function pg_temp.cleanup(role_name text default 'service_role') returns text language sql as $$
    select tap.call(null, 'select wedsync.cleanup_inactive_subscriptions()', role_name)
$$;
select tap.join('emma', 'core-fields', '{}', 's' || g, connection => 'c' || g) from generate_series(1, 3) as g;
select is(
    (select count(distinct (s.topic, s.connection_id)) from wedsync_data.subscriptions as s where s.active), 3::bigint,
    'several tabs of one person may have one channel'
);
select is(pg_temp.cleanup(), '0', 'healthy ones stay');
update wedsync_data.subscriptions set last_ping_at = now() - interval '4 minutes 59 seconds' where session = 's1';
update wedsync_data.subscriptions set last_ping_at = now() - interval '5 minutes 1 second' where session = 's2';
select is(pg_temp.cleanup(), '1', 'five minutes are the rule');
select is(
    (select string_agg(s.session, ' ' order by s.session) from wedsync_data.subscriptions as s where s.active and s.group_id is not null), 's1 s3',
    'the others are open'
);
select is(
    (select concat_ws(' ', s.active, s.group_id is null) from wedsync_data.subscriptions as s where s.session = 's2'), 'f t', 'it is closed, not deleted'
);
select is((select count(*) from tap.rows('emma', 'select * from wedsync.realtime_subscriptions where not active')), 1::bigint, 'its owner sees that');
select is(pg_temp.cleanup(), '0', 'once');
update wedsync_data.subscriptions set last_ping_at = now() - interval '61 minutes' where session = 's2';
select is(pg_temp.cleanup(), '1', 'after an hour it goes');
select is((select count(*) from wedsync_data.subscriptions), 2::bigint, 'for good');
-- a process that is gone
update wedsync_data.relay_nodes set lease_until = now() - interval '4 minutes';
select is(pg_temp.cleanup(), '0', 'a process may still come back');
update wedsync_data.relay_nodes set lease_until = now() - interval '6 minutes';
select is(pg_temp.cleanup(), '2', 'after five minutes its subscriptions are closed');
select is(wedsync_internal.touch_node(tap.id('node')), false, 'and it cannot come back without registering anew');
update wedsync_data.relay_nodes set lease_until = now() - interval '61 minutes';
select wedsync_internal.open_connection(tap.node(), gen_random_uuid(), tap.claims('emma'));
select pg_temp.cleanup();
select is(
    (select count(*) from wedsync_data.relay_nodes) + (select count(*) from wedsync_data.subscriptions)
        + (select count(*) from wedsync_data.websocket_connections), 0::bigint, 'after an hour the process is forgotten with all of it'
);
-- who may
select is(coalesce(tap.error(w.who, 'select wedsync.cleanup_inactive_subscriptions()', w.role) ->> 'sqlstate', 'passes'), w.state, w.role) from (values
    ('emma', 'authenticated', '42501'), (null, 'anon', '42501'), (null, 'authenticated', '42501'), (null, 'service_role', 'passes'),
    (null, 'wedsync_admin', 'passes')
) as w (who, role, state);
select is(pg_catalog.has_function_privilege(r.name, 'wedsync.cleanup_inactive_subscriptions()', 'execute'), r.may, r.name || ' executes it')
from (values ('authenticated', false), ('anon', false), ('service_role', true)) as r (name, may);
-- audiences that nobody is in
delete from wedsync_data.subscriptions;
select tap.join('emma', 'core-fields', '{}', connection => 'c1');
select tap.join('emma', 'core_fields_' || tap.couple('emma'));
select wedsync_internal.leave_topics(array(select s.id from wedsync_data.subscriptions as s where s.topic = 'core-fields'));
select wedsync_internal.touch_node(tap.node());
select is((select array_agg(left(g.topic, 11)) from wedsync_data.subscription_groups as g), '{core_fields}'::text[], 'go with the next renewal of the lease');
select is(tap.call(null, 'select wedsync_internal.run_job(''cleanup_subscriptions'')', 'wedsync_worker'), '0', 'the worker runs it as a job');
select * from finish();
rollback;

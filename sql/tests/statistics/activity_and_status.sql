-- proves: F002-18, F002-20, F002-21, F002-28, F002-31, F002-32, F002-35, F004-25, C-19, C-30
-- Deliveries are counted, not logged one by one; status and statistics come from real rows; everybody sees their own.
begin;
select plan(44);
select tap.wedding('emma');
select tap.wedding('olivia');
create function pg_temp.record(who text, topic text, event_type text, n bigint) returns void language sql
as $$
    select wedsync_internal.record_activity(jsonb_build_array(jsonb_build_object('user_id', tap.id(who), 'topic', topic, 'event_type', event_type, 'count', n)))
$$;
select is(
    tap.call('emma', 'select wedsync.realtime_status()')::jsonb, '{"connected": false, "activeChannels": [], "messageCount": 0, "lastMessageAt": null}',
    'nothing is open'
);
select is(
    tap.call(null, 'select wedsync.connection_stats()', 'service_role')::jsonb, '{"activeConnections": 0, "todayMessages": 0, "avgMessagesPerConnection": 0}',
    'and nothing to count'
);
select tap.join('emma', t.topic) from (values ('core-fields'), ('core_fields_' || tap.couple('emma')), ('core-fields')) as t (topic);
select wedsync_internal.open_connection(tap.node(), tap.id('s' || g), tap.claims('emma')) from generate_series(1, 2) as g;
select pg_temp.record('emma', 'core-fields', 'broadcast', 3);
select pg_temp.record('emma', 'core-fields', 'broadcast', 4);
select wedsync_internal.record_activity(jsonb_build_array(
    jsonb_build_object('user_id', tap.id('emma'), 'topic', 'core-fields', 'event_type', 'postgres_changes', 'count', 5),
    jsonb_build_object('user_id', tap.id('emma'), 'topic', 'core-fields', 'event_type', 'postgres_changes', 'count', 6),
    jsonb_build_object('user_id', tap.id('emma'), 'topic', 'core-fields', 'event_type', 'subscribed', 'count', 1),
    jsonb_build_object('user_id', tap.id('olivia'), 'topic', 'x', 'event_type', 'presence', 'count', 100),
    jsonb_build_object('user_id', null, 'topic', 'x', 'event_type', 'presence', 'count', 1),
    jsonb_build_object('user_id', tap.id('emma'), 'topic', 'x', 'event_type', 'presence', 'count', 0),
    jsonb_build_object('user_id', tap.id('emma'), 'topic', 'x', 'event_type', 'presence', 'count', -9),
    jsonb_build_object('user_id', tap.id('emma'), 'topic', repeat('t', 1000), 'event_type', repeat('e', 1000), 'count', 1)
));
select is(
    (select jsonb_object_agg(left(r ->> 'event_type', 20), r -> 'count') from tap.rows('emma', 'select * from wedsync.realtime_activity_logs') as r),
    '{"broadcast": 7, "subscribed": 1, "postgres_changes": 11, "eeeeeeeeeeeeeeeeeeee": 1}', 'one row for each channel, kind and minute'
);
select is(
    (select count(*) from tap.rows('emma', 'select * from wedsync.realtime_activity_logs') as r where r ->> 'user_id' <> tap.id('emma')::text), 0::bigint,
    'nobody else''s'
);
select is((select count(*) from tap.rows(null, 'select * from wedsync.realtime_activity_logs', 'service_role')), 5::bigint, 'the server sees all');
select is(
    tap.call('emma', 'select wedsync.realtime_status()')::jsonb - 'lastMessageAt',
    jsonb_build_object('connected', true, 'activeChannels', jsonb_build_array('core-fields', 'core_fields_' || tap.couple('emma')), 'messageCount', 18),
    'status of a person'
);
select is((tap.call('emma', 'select wedsync.realtime_status()')::jsonb ->> 'lastMessageAt')::timestamptz, now(), 'with the time of the last message');
select is(
    tap.call(null, 'select wedsync.connection_stats()', 'service_role')::jsonb,
    '{"activeConnections": 2, "todayMessages": 118, "avgMessagesPerConnection": 59.00}', 'statistics of all'
);
select is(tap.call('olivia', 'select wedsync.realtime_status()')::jsonb -> 'connected', 'false', 'somebody else is not connected');
select is(
    tap.error(w.who, 'select wedsync.' || f.name, w.role) ->> 'sqlstate', case f.name when 'realtime_status()' then w.status else w.stats end,
    format('%s by %s', f.name, w.role)
) from (values
    ('emma', 'authenticated', null, '42501'), (null, 'anon', '42501', '42501'), (null, 'authenticated', '42501', '42501'), (null, 'service_role', '42501', null)
) as w (who, role, status, stats), (values ('realtime_status()'), ('connection_stats()')) as f (name);
-- older than a day does not count
do $$ begin
    if not wedsync_internal.has_partition('realtime_activity', now() - interval '25 hours') then
        perform wedsync_internal.make_partition('realtime_activity', now() - interval '25 hours');
    end if;
end $$;
insert into wedsync_data.realtime_activity (minute, user_id, topic, event_type, count, last_at)
values (now() - interval '25 hours', tap.id('emma'), 'old', 'broadcast', 1000, now() - interval '25 hours');
select is(tap.call('emma', 'select wedsync.realtime_status()')::jsonb -> 'messageCount', '18', 'messages of the last 24 hours');
-- closed and dead ones
update wedsync_data.relay_nodes set lease_until = now() - interval '1 second';
select is(tap.call('emma', 'select wedsync.realtime_status()')::jsonb -> 'connected', 'false', 'what a dead process held is not connected');
select is((tap.call(null, 'select wedsync.connection_stats()', 'service_role')::jsonb) -> 'activeConnections', '0', 'nor counted');
select is((select bool_or((r ->> 'active')::boolean) from tap.rows('emma', 'select * from wedsync.realtime_subscriptions') as r), false, 'nor shown as active');
select lives_ok(q.query, q.query)
from (values ('select wedsync_internal.record_activity(''[]'')'), ('select wedsync_internal.record_activity(null)')) as q (query);

-- subscriptions
select is(
    (
        select jsonb_object_agg(r ->> 'channel_name', r - '{id,user_id,connection_id,channel_name,created_at,last_ping_at}'::text[])
        from tap.rows('emma', 'select * from wedsync.realtime_subscriptions') as r
    ) -> 'core-fields', '{"table_name": "core_fields", "filter_params": null, "active": false}', 'the columns of the source'
);
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.realtime_subscriptions')), w.n, w.who || ' sees own subscriptions')
from (values ('emma', 3::bigint), ('olivia', 0)) as w (who, n);
-- not permitted, or not possible at all
select matches(tap.error('emma', format('%s wedsync.%s %s', c.verb, v.name, c.rest)) ->> 'sqlstate', '^(42501|55000)$', c.verb || ' ' || v.name)
from (values ('insert into', 'default values'), ('update', 'set user_id = user_id'), ('delete from', '')) as c (verb, rest),
    (values ('realtime_subscriptions'), ('realtime_activity_logs'), ('websocket_connections'), ('user_presence')) as v (name);
select is(tap.error(null, 'select * from wedsync.' || v.name, 'anon') ->> 'sqlstate', '42501', 'nobody unknown reads ' || v.name)
from (
    values ('realtime_subscriptions'), ('realtime_activity_logs'), ('websocket_connections'), ('user_presence'), ('notifications'), ('form_responses')
) as v (name);
select * from finish();
rollback;

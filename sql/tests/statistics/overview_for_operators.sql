-- proves: F002-37, F002-31
-- What the dashboard shows of the database: people and channels by name, for claims of a server role and for nobody else.
begin;
select plan(15);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', 'select wedsync.set_display_name(''Emma'')');
select tap.join('emma', t.topic) from (values ('core-fields'), ('core_fields_' || tap.couple('emma'))) as t (topic);
select tap.join('olivia', 'core-fields');
select tap.join('olivia', 'core-fields', node => 'dead');
select wedsync_internal.open_connection(tap.node(c.node), tap.id(c.name), tap.claims(c.who))
from (values ('node', 's1', 'emma'), ('node', 's2', 'emma'), ('node', 's3', 'olivia'), ('dead', 's4', 'olivia'), ('node', 's5', null)) as c (node, name, who);
select wedsync_internal.record_activity(
    jsonb_build_array(
        jsonb_build_object('user_id', tap.id('emma'), 'topic', 'core-fields', 'event_type', 'broadcast', 'count', 7),
        jsonb_build_object('user_id', tap.id('emma'), 'topic', 'core-fields', 'event_type', 'subscribe', 'count', 5)
    )
);
update wedsync_data.relay_nodes set lease_until = now() where node = tap.id('dead');
create temporary table seen on commit drop as select tap.call(
    null, format('select wedsync_internal.realtime_overview(%L)', '{"role": "service_role"}'), 'wedsync_worker'
)::jsonb as o;
select is((select array_agg(k order by k) from seen, jsonb_object_keys(o) as k), '{advice,channels,people,servers,stats}', 'parts');
select is((select o -> 'stats' from seen), '{"activeConnections": 4, "todayMessages": 7, "avgMessagesPerConnection": 1.75}', 'figures of connection_stats');
select is(
    (select o -> 'channels' from seen),
    jsonb_build_array(
        jsonb_build_object('topic', 'core-fields', 'joined', 2, 'people', 2),
        jsonb_build_object('topic', 'core_fields_' || tap.couple('emma'), 'joined', 1, 'people', 1)
    ), 'channels, the busiest first'
);
select is(
    (select jsonb_agg(p - '{user_id,connected_at,last_message_at}'::text[]) from seen, jsonb_array_elements(o -> 'people') as p),
    '[{"name": "Emma", "sockets": 2, "channels": 2, "messages": 7}, {"name": "Olivia", "sockets": 1, "channels": 1, "messages": 0}]',
    'people by their sockets; what a dead process held does not count'
);
select is((select jsonb_array_length(o -> 'servers') from seen), 2, 'processes');
select is((select o #>> '{advice,-1,reason}' from seen), 'no_process', 'advice');
select is(
    (select o -> 'people' -> 0 ->> 'name' from (select wedsync_internal.realtime_overview('{"role": "wedsync_admin"}', 1) as o) as r), 'Emma',
    'administrators see it'
);
select is(
    (
        select jsonb_array_length(o -> 'people') + jsonb_array_length(o -> 'channels')
        from (select wedsync_internal.realtime_overview('{"role": "wedsync_admin"}', 1) as o) as r
    ), 2, 'no more rows than asked for'
);
select is(tap.error(null, format('select wedsync_internal.realtime_overview(%L)', c.claims), 'wedsync_worker') ->> 'sqlstate', '42501', 'refused: ' || c.claims)
from (values
    ('{"role": "authenticated"}'), ('{"role": "anon"}'), ('{}'), ('{"role": null}'), ('{"role": "postgres"}'), ('{"role": ["service_role"]}'),
    (tap.claims('emma')::text)
) as c (claims);
select * from finish();
rollback;

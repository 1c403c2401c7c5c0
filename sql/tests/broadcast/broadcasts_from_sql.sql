-- proves: F003-09, F003-11, F004-27, C-15
-- broadcast, broadcast_batch and send: transactional, an error fails the transaction, rights as for the channel, no gaps.
begin;
select plan(95);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.topic() returns text language sql as $$ select 'wedding:' || tap.couple('emma') $$;
create function pg_temp.sends(
    who text, topic text default null, event text default 'hello', payload jsonb default '{}', role_name text default 'authenticated'
) returns text language sql
as $$
    select coalesce(
        tap.error(who, format('select wedsync.broadcast(%L, %L, %L)', coalesce(topic, pg_temp.topic()), event, payload), role_name) ->> 'sqlstate', 'passes'
    )
$$;
select is(pg_temp.sends(w.who, role_name => w.role), w.state, format('%s sends to the wedding as %s', coalesce(w.who, 'nobody'), w.role)) from (values
    ('emma', 'authenticated', 'passes'), ('chef', 'authenticated', 'passes'), ('olivia', 'authenticated', 'PT404'), ('stranger', 'authenticated', 'PT404'),
    (null, 'anon', '42501'), (null, 'authenticated', '42501'), (null, 'service_role', 'passes'), (null, 'wedsync_admin', 'passes'),
    ('emma', 'wedsync_worker', '42501')
) as w (who, role, state);
select is(pg_temp.sends(w.who, w.topic), w.state, format('%s: %s', w.who, regexp_replace(w.topic, '[0-9a-f-]{36}', 'X'))) from (values
    ('emma', 'presence_' || tap.couple('emma'), 'passes'), ('emma', 'core_fields_' || tap.couple('emma'), '42501'), ('emma', 'core-fields', '42501'),
    ('emma', 'system', '42501'), ('emma', 'supplier_' || tap.firm('chef'), 'PT404'), ('chef', 'supplier_' || tap.firm('chef'), 'passes'),
    ('chef', 'form-responses', '42501'), ('emma', 'journey-progress', 'PT404'), ('emma', 'nope', 'PT404'), ('emma', '', 'PT404'),
    ('emma', 'realtime:' || pg_temp.topic(), 'PT404'), ('emma', repeat('x', 100000), 'PT404')
) as w (who, topic, state);
select is(pg_temp.sends(null, t.topic, role_name => 'service_role'), t.state, 'the server: ' || left(t.topic, 30))
from (
    values ('system', 'passes'), ('anything at all', 'passes'), ('', '22023'), (repeat('x', 255), 'passes'), (repeat('x', 256), '22023'),
        ('realtime:system', '22023')
) as t (topic, state);
select is(pg_temp.sends('emma', event => e.event, payload => e.payload), e.state, format('event %s, payload %s', left(e.event, 10), left(e.payload::text, 20)))
from (values
    (null, '{}'::jsonb, '22023'), ('', '{}', '22023'), (repeat('e', 256), '{}', '22023'), (repeat('e', 255), '{}', 'passes'), ('x', null, '22023'),
    ('x', 'null', '22023'), ('x', '[]', '22023'), ('x', '5', '22023'), ('x', '"s"', '22023'),
    ('x', jsonb_build_object('a', repeat('y', 1048576)), 'passes'), ('x', jsonb_build_object('a', repeat('y', 3145729)), 'PT413'),
    ('x', (repeat('{"a":', 32) || '1' || repeat('}', 32))::jsonb, 'passes'), ('x', (repeat('{"a":', 3000) || '1' || repeat('}', 3000))::jsonb, '22023'),
    (E'\x01\n💒', '{"type": "broadcast", "meta": {"id": "mine"}}', 'passes')
) as e (event, payload, state);
insert into wedsync_data.free_topics values ('^topic:', 'chats');
select is(pg_temp.sends(w.who, w.topic, w.event, role_name => w.role), w.state, format('%s sends %s to %s', w.who, w.event, left(w.topic, 8))) from (values
    ('chef', pg_temp.topic(), 'wedding_deleted', 'authenticated', '42501'), ('chef', pg_temp.topic(), 'core_fields_updated', 'authenticated', '42501'),
    ('emma', pg_temp.topic(), 'collaboration_event', 'authenticated', '42501'),
    ('emma', 'presence_' || tap.couple('emma'), 'user_left', 'authenticated', '42501'),
    ('chef', 'supplier_' || tap.firm('chef'), 'notification', 'authenticated', '42501'),
    ('emma', pg_temp.topic(), 'seat_moved', 'authenticated', 'passes'), ('emma', 'topic:ours', 'notification', 'authenticated', 'passes'),
    (null, pg_temp.topic(), 'core_fields_updated', 'service_role', 'passes')
) as w (who, topic, event, role, state);
select is_empty(
    $$ select distinct e.event_type from wedsync_data.events as e where e.event_type <> all (wedsync_internal.server_events()) $$,
    'what the log tells is word of the server'
);
select is(
    tap.error(
        'emma',
        format(
            'select wedsync.broadcast_batch(%L)',
            jsonb_build_array(
                jsonb_build_object('topic', pg_temp.topic(), 'event', 'a', 'payload', '{}'::jsonb),
                jsonb_build_object('topic', pg_temp.topic(), 'event', 'user_joined', 'payload', '{}'::jsonb)
            )
        )
    ) ->> 'sqlstate', '42501', 'in a batch, too'
);
delete from wedsync_data.messages;
delete from wedsync_data.topic_clocks;
select is(tap.error('emma', 'select wedsync.broadcast(null, ''x'', ''{}'')') ->> 'sqlstate', '22023', 'a topic is needed');
select is(tap.error(null, 'select wedsync.broadcast(null, ''x'', ''{}'')', 'service_role') ->> 'sqlstate', '22023', 'of the server too');

-- what arrives
select tap.join(w.who, pg_temp.topic()) from (values ('emma'), ('chef')) as w (who);
select tap.join(w.who, 'system') from (values ('emma'), ('olivia')) as w (who);
select tap.forget();
select tap.call('emma', format('select wedsync.broadcast(%L, ''hello'', ''{"n": 1}'')', pg_temp.topic()));
select tap.call('chef', format('select wedsync.send(''{"n": 2}'', ''again'', %L)', pg_temp.topic()));
select is(
    (select array_agg((h.payload - 'meta')::text order by h.seq) from tap.heard(w.who, pg_temp.topic()) as h),
    array['{"type": "broadcast", "event": "hello", "payload": {"n": 1}}', '{"type": "broadcast", "event": "again", "payload": {"n": 2}}'],
    w.who || ' hears both, in order'
) from (values ('emma'), ('chef')) as w (who);
select ok(
    (
        select bool_and(h.payload #>> '{meta,id}' ~ '^[0-9a-f-]{36}$' and (h.payload #>> '{meta,seq}')::bigint = h.seq)
        from tap.heard('emma', pg_temp.topic()) as h
    ), 'with an id and a number'
);
select is((select count(*) from wedsync_data.messages as m where m.sender_id = tap.id('chef') and m.event = 'again'), 1::bigint, 'and who sent it is kept');
select tap.call(null, 'select wedsync.broadcast(''system'', ''maintenance'', ''{"at": "noon"}'')', 'service_role');
select is(
    (select count(*) from tap.heard(w.who, 'system') as h where h.payload ->> 'event' = 'maintenance'), 1::bigint, w.who || ' hears what concerns everybody'
) from (values ('emma'), ('olivia')) as w (who);
select tap.call('emma', format('select wedsync.broadcast(%L, ''capitals'', ''{}'')', 'wedding:' || upper(tap.couple('emma')::text)));
select tap.call(
    null,
    format(
        'select wedsync.broadcast_batch(%L)',
        jsonb_build_array(
            jsonb_build_object('topic', 'wedding:' || upper(tap.couple('emma')::text), 'event', 'capitals', 'payload', '{}'::jsonb),
            jsonb_build_object('topic', pg_temp.topic(), 'event', 'capitals', 'payload', '{}'::jsonb)
        )
    ), 'service_role'
);
select is(
    (select count(*) from tap.heard('chef', pg_temp.topic()) as h where h.payload ->> 'event' = 'capitals'), 3::bigint, 'an id in capitals is the same channel'
);
select is((select count(*) from tap.heard('olivia', pg_temp.topic())), 0::bigint, 'another couple hears nothing of this wedding');

-- transactional
create temporary table before on commit drop as select (select count(*) from wedsync_data.messages) as n,
(select k.seq from wedsync_data.topic_clocks as k where k.topic = pg_temp.topic()) as seq;
select is(tap.outcome('emma', format('select wedsync.broadcast(%L, ''x'', ''{}''), 1 / 0', pg_temp.topic())), '22012', 'a transaction that fails');
select is(
    (
        select (select count(*) from wedsync_data.messages) = b.n and (select k.seq from wedsync_data.topic_clocks as k where k.topic = pg_temp.topic()) = b.seq
        from before as b
    ), true, 'sends nothing and leaves no gap'
);
-- batches: all or none
create function pg_temp.batch(who text, messages jsonb, role_name text default 'authenticated') returns text language sql
as $$ select coalesce(tap.error(who, format('select wedsync.broadcast_batch(%L)', messages), role_name) ->> 'sqlstate', 'passes') $$;
select is(pg_temp.batch('emma', b.v), b.state, left(coalesce(b.v::text, 'null'), 60)) from (values
    (null::jsonb, '22023'), ('null', '22023'), ('{}', '22023'), ('[]', '22023'), ('[1]', '22023'), ('[null]', '22023'), ('[[]]', '22023'), ('"x"', '22023'),
    ('[{}]', '22023'), ('[{"topic": 5}]', 'PT404'),
    (jsonb_build_array(jsonb_build_object('topic', pg_temp.topic(), 'event', 'a')), '22023'),
    (jsonb_build_array(jsonb_build_object('topic', pg_temp.topic(), 'payload', '{}'::jsonb)), '22023'),
    (
        jsonb_build_array(
            jsonb_build_object('topic', pg_temp.topic(), 'event', 'a', 'payload', '{}'::jsonb),
            jsonb_build_object('topic', 'nope', 'event', 'a', 'payload', '{}'::jsonb)
        ), 'PT404'
    ),
    (
        jsonb_build_array(
            jsonb_build_object('topic', pg_temp.topic(), 'event', 'a', 'payload', '{}'::jsonb),
            jsonb_build_object('topic', 'core-fields', 'event', 'a', 'payload', '{}'::jsonb)
        ), '42501'
    ),
    ((select jsonb_agg(jsonb_build_object('topic', pg_temp.topic(), 'event', 'a', 'payload', '{}'::jsonb)) from generate_series(1, 10001)), '22023')
) as b (v, state);
select is((select count(*) from wedsync_data.messages), (select b.n from before as b), 'none of them sent anything');
select is(
    tap.call(
        'emma',
        format(
            'select wedsync.broadcast_batch(%L)',
            (
                select jsonb_agg(
                    jsonb_build_object(
                        'topic', case g % 2 when 0 then pg_temp.topic() else 'presence_' || tap.couple('emma') end, 'event', 'e' || g, 'payload',
                        jsonb_build_object('n', g), 'private', g % 3 = 0
                    ) order by g
                ) from generate_series(1, 100) as g
            )
        )
    ), '100', 'a hundred at once'
);
select is(
    (select array_agg(h.payload ->> 'event' order by h.seq) from tap.heard('emma', pg_temp.topic()) as h where h.payload ->> 'event' ~ '^e\d'),
    (select array_agg('e' || g order by g) from generate_series(2, 100, 2) as g), 'in the order given'
);
-- no gaps, whatever was refused before
select is_empty(
    $$ select m.topic from wedsync_data.messages as m group by m.topic having count(*) <> max(m.seq) or min(m.seq) <> 1 or count(distinct m.seq) <> count(*) $$,
    'every topic counts 1, 2, 3 ...'
);
select is_empty(
    $$ select k.topic from wedsync_data.topic_clocks as k where k.seq <> (select max(m.seq) from wedsync_data.messages as m where m.topic = k.topic) $$,
    'and its clock says so'
);
-- replay
create temporary table member on commit drop as select tap.subscription(tap.join('emma', pg_temp.topic())) as id;
select is(
    (select array_agg(r::jsonb ->> 'event') from member as m, wedsync_internal.replay_messages(m.id, now() - interval '1 day', 3) as r),
    '{e96,e98,e100}'::text[], 'a replay gives the newest, oldest first'
);
select is((select count(*) from member as m, wedsync_internal.replay_messages(m.id, r.since, r.n)), r.expected, format('replay of %s since %s', r.n, r.what))
from (values
    (null::integer, now() - interval '1 day', 'yesterday', 25::bigint), (0, now() - interval '1 day', 'yesterday', 0),
    (-5, now() - interval '1 day', 'yesterday', 0),
    (2147483647, now() - interval '1 day', 'yesterday', (select count(*) from wedsync_data.messages as m where m.topic = pg_temp.topic())),
    (10, now() + interval '1 day', 'tomorrow', 0), (10, 'infinity', 'the end', 0), (10, '-infinity', 'the beginning', 10), (10, null, 'nothing', 0)
) as r (n, since, what, expected);
select is(
    (select bool_and(r::jsonb #> '{meta,replayed}' = 'true') from member as m, wedsync_internal.replay_messages(m.id, now() - interval '1 day', 3) as r), true,
    'marked as replayed'
);
create temporary table listener on commit drop as select tap.subscription(tap.join('olivia', 'system')) as id;
select is(
    (select count(*) from listener as l, wedsync_internal.replay_messages(l.id, now() - interval '1 day', 10)),
    (select count(*) from wedsync_data.messages as m where m.topic = 'system'), 'what was sent to everybody can be replayed by anybody'
);
select wedsync_internal.leave_topics(array[m.id]) from member as m;
select is(
    (select count(*) from member as m, wedsync_internal.replay_messages(m.id, now() - interval '1 day', 10)), 0::bigint,
    'nobody replays a channel that has ended'
);
select * from finish();
rollback;

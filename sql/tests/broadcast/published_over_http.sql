-- proves: F004-98, C-30
-- publish_messages: each message by the rights of the verified sender; the refused ones are named, the others are stored.
begin;
select plan(37);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('baker');
insert into wedsync_data.free_topics values ('^topic:', 'chats');
create function pg_temp.topic() returns text language sql as $$ select 'wedding:' || tap.couple('emma') $$;
create function pg_temp.message(topic text, event text default 'e', payload jsonb default '{}', more jsonb default '{}') returns jsonb language sql
as $$ select jsonb_build_object('topic', topic, 'event', event, 'payload', payload) || more $$;
create function pg_temp.publish(claims jsonb, variadic messages jsonb[]) returns jsonb language sql as $$
    select wedsync_internal.publish_messages(claims, to_jsonb(messages))
$$;
select is(
    pg_temp.publish(
        c.claims, pg_temp.message(pg_temp.topic()), pg_temp.message('supplier_' || tap.firm('baker')), pg_temp.message('core-fields'), pg_temp.message('nope'),
        pg_temp.message('topic:x')
    ) -> 'stored',
    to_jsonb(c.stored), c.what
) from (values
    ('the couple: its wedding and free topics', tap.claims('emma'), 2), ('its supplier as well', tap.claims('chef'), 2),
    ('another supplier: its own', tap.claims('baker'), 2), ('a stranger: free topics', tap.claims('stranger'), 1),
    ('the server: anywhere', tap.claims(null, 'service_role'), 5),
    ('nobody', '{"role": "anon"}'::jsonb, 0), ('no role', '{}', 0), ('a person without a role', tap.claims('emma') - 'role', 0), ('no claims', null, 0),
    ('anonymous with a name', tap.claims('emma', 'anon'), 0), ('a role of the database', tap.claims('emma', 'wedsync_admin'), 0),
    ('no uuid', '{"role": "authenticated", "sub": "x"}', 0)
) as c (what, claims, stored);
select is(
    pg_temp.publish(
        tap.claims('emma'), pg_temp.message('core-fields'), pg_temp.message(pg_temp.topic()), pg_temp.message('nope'), pg_temp.message('nope'), '{}', '5',
        'null', '[]'
    ), '{"stored": 1, "refused": ["core-fields", "nope", "nope", "", "", "", ""]}', 'what is refused is named, each time'
);
select is(
    pg_temp.publish(c.claims, pg_temp.message(pg_temp.topic(), 'wedding_deleted'), pg_temp.message('topic:x', 'wedding_deleted')),
    jsonb_build_object('stored', c.stored, 'refused', c.refused), c.who || ' in the name of the server'
)
from (
    values ('chef', tap.claims('chef'), 1, jsonb_build_array(pg_temp.topic())), ('the server', tap.claims(null, 'service_role'), 2, '[]')
) as c (who, claims, stored, refused);
select is(
    pg_temp.publish(
        tap.claims('emma'), pg_temp.message('wedding:' || upper(tap.couple('emma')::text), 'capitals'),
        pg_temp.message('supplier_' || upper(tap.firm('baker')::text))
    ), jsonb_build_object('stored', 1, 'refused', jsonb_build_array('supplier_' || upper(tap.firm('baker')::text))),
    'an id in capitals: the same channel, and a refusal in the words of the sender'
);
select is((select m.topic from wedsync_data.messages as m where m.event = 'capitals'), pg_temp.topic(), 'kept under one name');
select is((select array_agg(m.is_private::text order by m.id) from wedsync_data.messages as m where m.event like 'p%'), null, 'none yet');
select pg_temp.publish(
    tap.claims('emma'), pg_temp.message('topic:x', 'p1'), pg_temp.message('topic:x', 'p2', more => '{"private": true}'),
    pg_temp.message('topic:x', 'p3', more => '{"private": "yes"}'), pg_temp.message('topic:x', 'p4', more => '{"private": null}')
);
select is(
    (select array_agg(m.is_private::text order by m.id) from wedsync_data.messages as m where m.event like 'p%'), '{false,true,false,false}'::text[],
    'public unless they say private, as stock clients mean it'
);
select is(
    tap.error(null, format('select wedsync_internal.publish_messages(%L, %L)', tap.claims('emma'), jsonb_build_array(m.v)), 'wedsync_worker') ->> 'sqlstate',
    m.state, left(m.v::text, 50)
) from (values
    (pg_temp.message(pg_temp.topic(), ''), '22023'), (pg_temp.message(pg_temp.topic()) - 'event', '22023'),
    (pg_temp.message(pg_temp.topic()) - 'payload', '22023'), (pg_temp.message(pg_temp.topic(), payload => '[]'), '22023'),
    (pg_temp.message(pg_temp.topic(), payload => '"x"'), '22023'),
    (pg_temp.message(pg_temp.topic(), repeat('e', 256)), '22023'),
    (pg_temp.message(pg_temp.topic(), payload => jsonb_build_object('x', repeat('y', 3145729))), 'PT413'),
    (pg_temp.message(pg_temp.topic(), payload => jsonb_build_object('x', repeat('y', 1048576))), null)
) as m (v, state);
select is(wedsync_internal.publish_messages(tap.claims('emma'), '[]'), '{"stored": 0, "refused": []}', 'nothing is nothing');
-- a user's limit is the one of broadcast; a server has none, and what is refused is not counted
update wedsync_data.rate_limits set max_requests = 3 where endpoint = 'realtime-broadcast';
delete from wedsync_data.rate_usage;
create function pg_temp.error_of(claims jsonb, n integer, topic text default null) returns jsonb language sql
as $$
    select tap.error(
        null,
        format(
            'select wedsync_internal.publish_messages(%L, %L)', claims,
            (select jsonb_agg(pg_temp.message(coalesce(topic, pg_temp.topic()))) from generate_series(1, n))
        ), 'wedsync_worker'
    )
$$;
select is(pg_temp.error_of(tap.claims('emma'), 4) ->> 'sqlstate', 'PT413', 'more than ever fits');
select is(pg_temp.error_of(tap.claims('emma'), 9, 'core-fields'), null, 'what she may not send does not count');
select is(pg_temp.error_of(tap.claims('emma'), 2), null, 'two of three');
select is(pg_temp.error_of(tap.claims('emma'), 2) #>> '{detail,status}', '429', 'four of three');
select is(tap.error('emma', format('select wedsync.broadcast(%L, ''e'', ''{}'')', pg_temp.topic())), null, 'the third from SQL');
select is(pg_temp.error_of(tap.claims('emma'), 1) #>> '{detail,status}', '429', 'the fourth over HTTP');
select is(pg_temp.error_of(tap.claims('chef'), 1), null, 'others have their own');
select is(pg_temp.error_of(c.v, 9), null, 'a server has none') from (values (tap.claims(null, 'service_role')), (tap.claims('emma', 'service_role'))) as c (v);
select * from finish();
rollback;

-- proves: F002-11, F002-12
-- Free topics are off until an administrator names a pattern; there, private and public channels of one name are apart.
begin;
select plan(25);
select tap.wedding('emma');
select tap.wedding('olivia');
select is(tap.answer(tap.join('emma', 'topic:chat')), 'UnknownTopic', 'off');
select is(tap.error('emma', 'select wedsync.broadcast(''topic:chat'', ''hello'', ''{}'')') ->> 'sqlstate', 'PT404', 'and nothing to send to');
select is(
    tap.error('emma', 'insert into wedsync_data.free_topics values (''.'', ''everything'')') ->> 'sqlstate', '42501', 'which nobody changes but administrators'
);
select is(tap.run(null, 'insert into wedsync_data.free_topics values (''^topic:'', ''chats'')', 'wedsync_admin'), 1::bigint, 'they do');
select is(tap.answer(tap.join('emma', 'topic:chat')), 'ok', 'on');
select is(tap.join('emma', 'topic:chat', session => 'tab') - '{subscription_id,group_id,position}'::text[],
    '{"ok": true, "seq": null, "topic": "topic:chat", "postgres_changes": [], "can_broadcast": true, "can_presence": true, "is_free": true,
        "presence_topic": "public:topic:chat", '
    '"couple_id": null, "resume_from": null, "resync": false}',
    'for broadcast and presence');
select is(tap.answer(tap.join('emma', 'xtopic:chat')), 'UnknownTopic', 'only what the pattern says');
select is(tap.answer(tap.join(w.who, 'topic:chat', role_name => w.role)), w.code, w.role)
from (
    values (null, 'anon', 'Unauthorized'), ('emma', 'anon', 'Unauthorized'), ('olivia', 'authenticated', 'ok'), (null, 'service_role', 'ok')
) as w (who, role, code);
select is(
    tap.join('emma', 'topic:chat', '{"postgres_changes": [{"event": "*", "schema": "public", "table": "core_fields"}]}') - 'reason',
    '{"ok": false, "code": "InvalidBinding"}', 'no rows there'
);
insert into wedsync_data.free_topics values ('.', 'everything');
select is(
    (tap.join('olivia', 'core_fields_' || tap.couple('emma'))) ->> 'code', 'Unauthorized', 'a channel of the catalogue is never free, whatever the pattern'
);
select is((tap.join('olivia', 'journey-progress')) ->> 'code', 'Unauthorized', 'nor is this one');

select tap.join('emma', 'topic:two', '{"private": true}');
select tap.join('olivia', 'topic:two', '{"private": false}');
select tap.forget();
select tap.call('emma', 'select wedsync.broadcast(''topic:two'', ''secret'', ''{"n": 1}'', true)');
select tap.call('emma', 'select wedsync.broadcast(''topic:two'', ''open'', ''{"n": 2}'', false)');
select tap.call('emma', 'select wedsync.broadcast(''topic:two'', ''unsaid'', ''{"n": 3}'', null)');
select tap.call('emma', 'select wedsync.broadcast(''topic:three'', ''elsewhere'', ''{"n": 4}'', false)');
select results_eq(
    $$ select h.payload ->> 'event' from tap.heard('emma', 'topic:two') as h $$, array['secret', 'unsaid'], 'the private channel hears private messages'
);
select results_eq($$ select h.payload ->> 'event' from tap.heard('olivia', 'topic:two') as h $$, array['open'], 'the public one public messages');
select isnt(
    (select s.group_id from wedsync_data.subscriptions as s where s.topic = 'topic:two' and s.user_id = tap.id('emma')),
    (select s.group_id from wedsync_data.subscriptions as s where s.topic = 'topic:two' and s.user_id = tap.id('olivia')), 'they are two audiences'
);
select results_eq(
    format(
        'select r::jsonb ->> ''event'' from wedsync_internal.replay_messages(%L, now() - interval ''1 minute'', 10) as r',
        (tap.join(w.who, 'topic:two', jsonb_build_object('private', w.private))) -> 'subscription_id'
    ),
    w.events, 'and so in a replay'
) from (values ('emma', true, array['secret', 'unsaid']), ('emma', false, array['open'])) as w (who, private, events);
create temporary table present on commit drop as
select w.who, w.private, tap.join(w.who, 'topic:two', jsonb_build_object('private', w.private), 'people') as joined
from (values ('emma', true), ('olivia', false)) as w (who, private);
create temporary table told on commit drop as
select d.v from wedsync_internal.presence_apply(tap.node(), (
    select jsonb_agg(
        jsonb_build_object(
            'op', 'track', 'subscription_id', p.joined -> 'subscription_id', 'topic', p.joined -> 'presence_topic', 'key', p.who, 'meta', '{}'::jsonb
        )
    ) from present as p
)) as a (answer), jsonb_array_elements(a.answer -> 'diffs') as d (v);
select is(
    (select array_agg(t.v ->> 'topic' order by t.v ->> 'topic') from told as t), array['private:topic:two', 'public:topic:two'], 'people are told apart, too'
);
select is(
    (select jsonb_agg(k order by k) from jsonb_object_keys(wedsync_internal.presence_state(p.joined ->> 'presence_topic') -> 'state') as k),
    jsonb_build_array(p.who), 'each lane shows its own: ' || p.who
) from present as p;
select is(
    (select count(*) from wedsync_data.channel_catalog as c, unnest(array['private:', 'public:']) as l (prefix) where l.prefix || 'x' ~ c.pattern), 0::bigint,
    'no channel of the catalogue begins so'
);
select is(
    tap.error(null, 'insert into wedsync_data.free_topics values (''('', ''broken'')', 'wedsync_admin') ->> 'sqlstate', '2201B',
    'a pattern that is none is refused when it is written'
);
delete from wedsync_data.free_topics;
select is(tap.answer(tap.join('emma', 'topic:chat')), 'UnknownTopic', 'and off again');
select * from finish();
rollback;

-- proves: F000-71, F000-72, F004-23, F004-27, C-58, C-64
-- track, update and untrack give exact diffs, numbered per topic without a gap; what is not usable is refused one by one.
begin;
select plan(74);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('james'), 'partner'), 'service_role');
create function pg_temp.topic() returns text language sql as $$ select 'presence_' || tap.couple('emma') $$;
create temporary table seats on commit drop as
select w.who, tap.subscription(tap.join(w.who, pg_temp.topic(), '{"presence": {"enabled": true}}', w.who)) as id from (values ('emma'), ('james')) as w (who);
insert into seats select 'olivia', tap.subscription(tap.join('olivia', 'presence_' || tap.couple('olivia')));
create function pg_temp.seat(who text) returns bigint language sql as $$ select s.id from seats as s where s.who = $1 $$;
create function pg_temp.change(op text, who text, meta jsonb default null, key text default null) returns jsonb language sql
as $$
    select jsonb_build_object(
        'op', op, 'subscription_id', pg_temp.seat(who), 'topic', (select s.topic from wedsync_data.subscriptions as s where s.id = pg_temp.seat(who)), 'key',
        coalesce(key, who), 'meta', meta
    )
$$;
create temporary table answers (n integer generated always as identity, answer jsonb) on commit drop;
create function pg_temp.apply(variadic changes jsonb[]) returns jsonb language sql
as $$ insert into answers (answer) select wedsync_internal.presence_apply(tap.node(), to_jsonb(changes)) returning answer $$;
create temporary table steps (n integer generated always as identity, what text, answer jsonb) on commit drop;
create function pg_temp.diffs(what text) returns jsonb language sql as $$ select s.answer -> 'diffs' from steps as s where s.what = $1 $$;

insert into steps (what, answer) values ('track', pg_temp.apply(pg_temp.change('track', 'emma', '{"page": "seating", "status": "busy"}')));
select is(
    (pg_temp.diffs('track') -> 0) #- '{join,phx_ref}',
    jsonb_build_object(
        'topic', pg_temp.topic(), 'version', 1, 'key', 'emma', 'user_id', tap.id('emma'), 'join', '{"page": "seating", "status": "busy"}'::jsonb, 'leave', null
    ), 'somebody comes'
);
select matches(pg_temp.diffs('track') #>> '{0,join,phx_ref}', '^[0-9a-f]{16}$', 'with a reference');
select is(
    (select s.answer -> 'results' from steps as s where s.what = 'track'),
    jsonb_build_array(jsonb_build_object('subscription_id', pg_temp.seat('emma'), 'problem', null)), 'without a problem'
);
insert into steps (what, answer) values ('again', pg_temp.apply(pg_temp.change('track', 'emma', '{"status": "busy", "page": "seating"}')));
select is(pg_temp.diffs('again'), '[]', 'the same again is no change');
update wedsync_data.presence_entries set last_activity = now() - interval '1 minute';
select pg_temp.apply(pg_temp.change('track', 'emma', '{"page": "seating", "status": "busy"}'));
select is(
    (select e.status || ' ' || (e.last_activity = now()) from wedsync_data.presence_entries as e), 'busy true',
    'but a sign of activity, which leaves the status as it is'
);
insert into steps (what, answer) values ('update', pg_temp.apply(pg_temp.change('track', 'emma', '{"page": "budget"}')));
select is(jsonb_array_length(pg_temp.diffs('update')), 1, 'an update is one diff');
select is(pg_temp.diffs('update') -> 0 #- '{join,phx_ref}', jsonb_build_object(
    'topic', pg_temp.topic(), 'version', 2, 'key', 'emma', 'user_id', tap.id('emma'),
    'join', jsonb_build_object('page', 'budget', 'phx_ref_prev', pg_temp.diffs('track') #> '{0,join,phx_ref}'),
    'leave', jsonb_build_object('page', 'seating', 'status', 'busy', 'phx_ref', pg_temp.diffs('track') #> '{0,join,phx_ref}')
), 'with what comes and what goes');
-- two tabs of one person, two people, one batch
insert into seats select 'emma twice', tap.subscription(tap.join('emma', pg_temp.topic(), '{}', 'second tab'));
insert into steps (what, answer)
values (
    'batch',
    pg_temp.apply(
        pg_temp.change('track', 'emma twice', '{"n": 2}', 'emma'), pg_temp.change('track', 'james', '{}'), pg_temp.change('track', 'olivia', '{}'),
        pg_temp.change('untrack', 'james'), pg_temp.change('track', 'james', '{"back": true}')
    )
);
select is((
    select jsonb_agg(jsonb_build_array(d.v -> 'key', d.v -> 'version', d.v -> 'join' <> 'null', d.v -> 'leave' <> 'null') order by d.v -> 'version')
    from jsonb_array_elements(pg_temp.diffs('batch')) as d (v) where d.v ->> 'topic' = pg_temp.topic()
),
    '[["emma", 3, true, false], ["james", 4, true, false], ["james", 5, false, true], ["james", 6, true, false]]', 'a batch keeps the order of each topic');
select is(
    (select d.v -> 'version' from jsonb_array_elements(pg_temp.diffs('batch')) as d (v) where d.v ->> 'topic' <> pg_temp.topic()), '1',
    'each topic counts by itself'
);
-- the state
select is((wedsync_internal.presence_state(pg_temp.topic()) ->> 'version')::integer, 6, 'the state knows its version');
select is((
    select jsonb_object_agg(k.key, (select jsonb_agg(m - 'phx_ref' - 'phx_ref_prev' order by m - 'phx_ref') from jsonb_array_elements(k.value -> 'metas') as m))
    from jsonb_each(wedsync_internal.presence_state(pg_temp.topic()) -> 'state') as k
),
    '{"emma": [{"n": 2}, {"page": "budget"}], "james": [{"back": true}]}', 'and everybody with all their devices');
-- what the diffs add up to is the state
select is(
    (with d as (select d.v from steps as s, jsonb_array_elements(s.answer -> 'diffs') as d (v) where d.v ->> 'topic' = pg_temp.topic())
    select array_agg(d.v #>> '{join,phx_ref}' order by d.v #>> '{join,phx_ref}') from d
    where d.v -> 'join' <> 'null' and not exists (select from d as l where l.v #>> '{leave,phx_ref}' = d.v #>> '{join,phx_ref}')),
    (
        select array_agg(m ->> 'phx_ref' order by m ->> 'phx_ref')
        from jsonb_each(wedsync_internal.presence_state(pg_temp.topic()) -> 'state') as k, jsonb_array_elements(k.value -> 'metas') as m
    ), 'the diffs add up to the state'
);
insert into steps (what, answer) values ('untrack', pg_temp.apply(pg_temp.change('untrack', 'james')));
select is(
    pg_temp.diffs('untrack') -> 0 #- '{leave,phx_ref}',
    jsonb_build_object('topic', pg_temp.topic(), 'version', 7, 'key', 'james', 'user_id', tap.id('james'), 'join', null, 'leave', '{"back": true}'::jsonb),
    'somebody goes'
);
-- the people of the wedding are told, on both of its channels
create temporary view told as
select b.id, b.payload::jsonb as message, (b.payload::jsonb ->> 'payload')::jsonb as payload from wedsync_data.bus_messages as b where b.kind = 'broadcast';
select is(
    (
        select jsonb_agg(t.message - 'payload' - 'meta' order by t.id) from told as t
        where t.payload - 'timestamp' = jsonb_build_object('type', w.event, 'data', w.data, 'key', w.key, 'user_id', tap.id(w.key), 'couple_id',
            tap.couple('emma'))
    ),
    (
        select jsonb_agg(jsonb_build_object('node', '', 'topic', c.topic, 'lane', null, 'event', w.event, 'form', 'text') order by c.n)
        from (values (1, pg_temp.topic()), (2, 'core_fields_' || tap.couple('emma'))) as c (n, topic)
    ), 'broadcast as ' || w.event
) from (
    values ('user_joined', 'emma', '{"page": "seating", "status": "busy"}'::jsonb), ('presence_update', 'emma', '{"page": "budget"}'), ('user_left', 'james',
        '{"back": true}')
) as w (event, key, data);
select is(count(*), count(distinct t.message ->> 'meta'), 'each with an id of its own') from told as t;
select is(
    (select bool_and((t.payload ->> 'timestamp') ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$' and (t.payload ->> 'timestamp')::timestamptz =
        date_trunc('milliseconds', now())) from told as t),
    true, 'and the time'
);
select is(pg_temp.apply(pg_temp.change('untrack', 'james')) -> 'diffs', '[]', 'once');
select is(wedsync_internal.presence_state(pg_temp.topic()) -> 'state' ? 'james', false, 'and is gone');

-- what is refused, without hindering the others
create temporary table refused on commit drop as select x.what,
pg_temp.apply(x.change, pg_temp.change('track', 'olivia', jsonb_build_object('n', x.what))) as answer, x.problem from (values
    ('no meta', pg_temp.change('track', 'james', null), 'Presence track payload must be a map'),
    ('null', pg_temp.change('track', 'james', 'null'), 'Presence track payload must be a map'),
    ('a list', pg_temp.change('track', 'james', '[]'), 'Presence track payload must be a map'),
    ('a text', pg_temp.change('track', 'james', '"x"'), 'Presence track payload must be a map'),
    ('a number', pg_temp.change('track', 'james', '5'), 'Presence track payload must be a map'),
    ('too large', pg_temp.change('track', 'james', jsonb_build_object('x', repeat('y', 4000))), 'Track message size exceeded'),
    ('too deep', pg_temp.change('track', 'james', (repeat('{"a":', 1000) || '1' || repeat('}', 1000))::jsonb), 'at most 32 nested objects and arrays'),
    ('a huge number', pg_temp.change('track', 'james', '{"n": 1e131071}'), 'numbers from -1.7976931348623157e308 to 1.7976931348623157e308'),
    ('key ids', pg_temp.change('track', 'james', '{}', 'ids'), 'the presence key must have 1 to 255 characters and not be ids'),
    ('no key', pg_temp.change('track', 'james', '{}', ''), 'the presence key must have 1 to 255 characters and not be ids'),
    ('a long key', pg_temp.change('track', 'james', '{}', repeat('k', 256)), 'the presence key must have 1 to 255 characters and not be ids'),
    ('no such channel', jsonb_build_object('op', 'track', 'subscription_id', -1, 'meta', '{}'::jsonb), 'the channel has ended'),
    ('no channel', '{"op": "track", "meta": {}}'::jsonb, 'the channel has ended')
) as x (what, change, problem);
select is(
    (select string_agg(distinct e.v ->> 'problem', '; ') from jsonb_array_elements(r.answer -> 'results') as e (v)), r.problem,
    r.what || ': the problem is named'
) from refused as r;
select is((select count(*) from jsonb_array_elements(r.answer -> 'diffs')), 1::bigint, r.what || ': the other change passes') from refused as r;
select is(wedsync_internal.presence_state(pg_temp.topic()) ->> 'version', '7', 'a refused change has no number');
select is(
    pg_temp.apply(pg_temp.change('track', 'james', jsonb_build_object('x', repeat('y', 3989)))) #> '{results,0,problem}', 'null', 'control: as large as may be'
);
select is(
    pg_temp.apply(pg_temp.change('track', 'emma', '{"phx_ref": "forged", "phx_ref_prev": "forged", "a": null}', repeat('k', 255))) #> '{results,0,problem}',
    'null', 'a reference of the client''s own'
);
select is(wedsync_internal.presence_state(pg_temp.topic())::text like '%"phx_ref": "forged"%', false, 'is not believed');
select is(
    wedsync_internal.presence_apply(tap.node('other'), jsonb_build_array(pg_temp.change('track', 'emma', '{"n": 9}'))) #>> '{results,0,problem}',
    'the channel has ended', 'another process does not speak for this one'
);
-- no key given: the reference is the key
insert into seats select 'james twice', tap.subscription(tap.join('james', pg_temp.topic(), '{}', 'second'));
select is(d.v ->> 'key', d.v #>> '{join,phx_ref}', 'without a key, the reference is one')
from jsonb_array_elements(pg_temp.apply(pg_temp.change('track', 'james twice', '{}') - 'key') -> 'diffs') as d (v);
-- nobody is shown under the key of somebody else
insert into seats select 'james third', tap.subscription(tap.join('james', pg_temp.topic(), '{}', 'third'));
create temporary table foreign_keys on commit drop as select k.key,
pg_temp.apply(pg_temp.change('track', 'james third', '{"n": 1}', k.key)) #>> '{results,0,problem}' as problem, k.wanted
from (
    values ('emma', 'the presence key is used by another person: choose another'),
        (tap.id('emma')::text, 'the presence key is used by another person: choose another'),
        (upper(tap.id('emma')::text), 'the presence key is used by another person: choose another'), (tap.id('nobody at all')::text, null), (null, null)
) as k (key, wanted);
select is(k.problem, k.wanted, 'the key ' || coalesce(k.key, 'of nobody')) from foreign_keys as k;
select is(
    pg_temp.apply(
        pg_temp.change('untrack', 'james third'), pg_temp.change('track', 'james third', '{"n": 2}', tap.id('james')::text)
    ) #>> '{results,1,problem}', null, 'one''s own id is a key'
);
select pg_temp.apply(pg_temp.change('untrack', 'james third'));
-- a channel that has ended, or lost its right
select wedsync_internal.leave_topics(array[pg_temp.seat('james twice')]);
select is(
    pg_temp.apply(pg_temp.change('track', 'james twice', '{"n": 1}')) #>> '{results,0,problem}', 'the channel has ended',
    'nobody comes through a channel that has ended'
);
select is(jsonb_array_length(pg_temp.apply(pg_temp.change('untrack', 'james twice')) -> 'diffs'), 1, 'but goes');
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('james')));
select is(
    pg_temp.apply(pg_temp.change('track', 'james', '{"n": 1}')) #>> '{results,0,problem}', 'the channel has ended', 'nor through one whose right was lost'
);
-- an entry can go over to another subscription
insert into seats select 'emma refreshed', tap.subscription(tap.join('emma', pg_temp.topic(), '{}', 'emma', connection => 'another'));
select is(pg_temp.apply(pg_temp.change('move', 'emma refreshed') || jsonb_build_object('from', pg_temp.seat('emma'))) -> 'diffs', '[]', 'a move is no change');
update wedsync_data.presence_entries set last_activity = now() - interval '1 hour' where subscription_id = pg_temp.seat('emma refreshed');
select is(
    pg_temp.apply(pg_temp.change('track', 'emma refreshed', '{"late": true}') || '{"unless_present": true}') -> 'diffs', '[]',
    'who is there is not tracked once more'
);
select is(
    (select e.last_activity = now() - interval '1 hour' from wedsync_data.presence_entries as e where e.subscription_id = pg_temp.seat('emma refreshed')), true,
    'and is no more active than before'
);
select is(jsonb_array_length(pg_temp.apply(pg_temp.change('untrack', 'emma refreshed')) -> 'diffs'), 1, 'and the new one goes with it');
select is(
    jsonb_array_length(pg_temp.apply(pg_temp.change('track', 'emma refreshed', '{"late": true}') || '{"unless_present": true}') -> 'diffs'), 1,
    'who was cleaned up in between comes back'
);
select is(wedsync_internal.presence_apply(tap.node(), '[]'), '{"diffs": [], "results": [], "messages": []}', 'nothing is nothing');
-- nothing of it is in the event log
select is((select count(*) from wedsync_data.events as e where e.class not in ('durable', 'access', 'supplier')), 0::bigint, 'presence fills no log');
-- versions have no gap
create temporary view numbers as
select d.v ->> 'topic' as topic, (d.v ->> 'version')::bigint as version from answers as a, jsonb_array_elements(a.answer -> 'diffs') as d (v);
select is_empty(
    'select n.topic from numbers as n group by n.topic having count(*) <> max(n.version) or count(distinct n.version) <> count(*) or min(n.version) <> 1',
    'every topic counts 1, 2, 3 ...'
);
select is((select count(distinct n.topic) from numbers as n), 2::bigint, 'control: of both topics');
select is(wedsync_internal.presence_state('nowhere'), '{"state": {}, "version": 0}', 'a topic that nobody was on');
-- every process is told, large diffs as well
select is(
    (select jsonb_agg(b.payload::jsonb order by b.id) from wedsync_data.bus_messages as b where b.kind = 'presence'),
    (
        select jsonb_agg(d.v order by a.n, d.position)
        from answers as a, jsonb_array_elements(a.answer -> 'diffs') with ordinality as d (v, position)
    ),
    'all diffs are on the bus, whole and in order'
);
set local wedsync.bus = 'nats';
select is(
    (select jsonb_agg(m.v -> 0) from jsonb_array_elements(pg_temp.apply(pg_temp.change('track', 'emma refreshed', '{"over": "nats"}')) -> 'messages') as m (v)),
    '["presence", "broadcast", "broadcast"]', 'a worker with another bus is given what it has to send'
);
select is((select count(*) from told as t where t.payload #>> '{data,over}' = 'nats'), 0::bigint, 'and no rows are written');
select * from finish();
rollback;

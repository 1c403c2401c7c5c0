-- proves: F002-14, F002-30, F002-31, F002-34, F004-94, C-59
-- Open sockets: five for a person, 250 for the people of a supplier, of processes that live; pings are noted in batches.
begin;
select plan(53);
select tap.wedding('emma');
select tap.supplier('chef');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam' || g), 'staff'), 'service_role')
from generate_series(1, 60) as g;
create function pg_temp.open(who text, n integer, role_name text default 'authenticated', node text default 'node') returns text[] language sql
as $$
    select array_agg(
        coalesce(wedsync_internal.open_connection(tap.node(node), tap.id(format('%s %s %s', who, node, g)), tap.claims(who, role_name)) ->> 'code', 'ok')
        order by g
    ) from generate_series(1, n) as g
$$;
select is(pg_temp.open('emma', 7), array_fill('ok'::text, array[5]) || array_fill('ConnectionRateLimitReached'::text, array[2]), 'five sockets for a person');
select is(
    wedsync_internal.open_connection(tap.node(), gen_random_uuid(), tap.claims('emma')),
    '{"ok": false, "code": "ConnectionRateLimitReached", "reason": "a user has at most 5 open sockets"}', 'with a reason'
);
select is(pg_temp.open('emma', 5), array_fill('ok'::text, array[5]), 'the same sockets are not counted twice');
select wedsync_internal.close_connections(array[tap.id('emma node 1'), tap.id('no such socket')]);
select is(pg_temp.open('emma', 1, node => 'second'), '{ok}'::text[], 'one that closed makes room');
select is(pg_temp.open('emma', 1, node => 'third'), '{ConnectionRateLimitReached}'::text[], 'for one');
update wedsync_data.relay_nodes set lease_until = now() - interval '1 second' where node = tap.node('node');
select is(pg_temp.open('emma', 4, node => 'third'), '{ok,ok,ok,ok}'::text[], 'those of a dead process do not count');
update wedsync_data.relay_nodes set lease_until = now() + interval '20 seconds' where node = tap.node('node');
select is(pg_temp.open('emma', 9, 'service_role', 'fourth'), array_fill('ok'::text, array[9]), 'server tokens are not limited');
select is(wedsync_internal.open_connection(tap.node(), gen_random_uuid(), c.v) -> 'ok', 'true', 'a key that names nobody: ' || coalesce(c.v::text, 'null'))
from (values (null::jsonb), ('{}'), ('{"role": "anon"}'), ('{"sub": "x"}'), ('{"sub": {}}')) as c (v), generate_series(1, 2);
-- beyond the limit, a socket of the same session goes for one that comes
create function pg_temp.reopen(n integer, session text) returns text language sql
as $$ select coalesce(wedsync_internal.open_connection(tap.node(), tap.id('vera ' || n), tap.claims('vera'), session) ->> 'code', 'ok') $$;
create function pg_temp.of_vera() returns text[] language sql
as $$
    select array_agg(v.n::text order by v.n) from generate_series(1, 9) as v (n)
    join wedsync_data.websocket_connections as c on c.connection_id = tap.id('vera ' || v.n) where c.is_active
$$;
select is(pg_temp.reopen(n, case when n <= 3 then 'phone' when n = 4 then 'tab' end), 'ok', 'within the limit, of whichever session: ' || n)
from generate_series(1, 5) as g (n);
update wedsync_data.websocket_connections as c set last_ping = now() - interval '1 minute' where c.connection_id = tap.id('vera 2');
select is(pg_temp.reopen(6, w.session), 'ConnectionRateLimitReached', 'not for ' || coalesce(w.session, 'none'))
from (values (null), (''), ('other')) as w (session);
select is(wedsync_internal.open_connection(tap.node(), tap.id('una 1'), tap.claims('una'), 'phone') -> 'ok', 'true', 'another person has the same session');
select is(pg_temp.of_vera(), '{1,2,3,4,5}'::text[], 'and takes nothing away');
select is(pg_temp.reopen(6, 'phone'), 'ok', 'a sixth socket of the phone');
select is(pg_temp.of_vera(), '{1,3,4,5,6}'::text[], 'takes the place of its most silent one');
select is(array[pg_temp.reopen(7, 'phone'), pg_temp.reopen(8, 'phone'), pg_temp.reopen(9, 'phone')], '{ok,ok,ok}'::text[], 'and so on');
select is(cardinality(pg_temp.of_vera()), 5, 'never beyond the limit');
select is(pg_temp.of_vera() @> '{4,5}'::text[], true, 'at the cost of no other session');
delete from wedsync_data.websocket_connections as c where c.user_id in (tap.id('vera'), tap.id('una'));
-- a socket opened with such a key is counted for the person who joins through it
select wedsync_internal.open_connection(tap.node(), tap.id('later known'), '{"role": "anon"}');
select wedsync_internal.open_connection(tap.node(), tap.id('later known'), tap.claims('james'));
select wedsync_internal.open_connection(tap.node(), tap.id('later known'), tap.claims('somebody else'));
select is(
    (select c.user_id from wedsync_data.websocket_connections as c where c.connection_id = tap.id('later known')), tap.id('james'),
    'the first who joins through it'
);
-- suppliers: 51 people with up to five sockets each
select is(
    (select array_agg(distinct x) from generate_series(1, 50) as g, unnest(pg_temp.open('sam' || g, 5)) as x), '{ok}'::text[],
    '250 sockets for the people of a supplier'
);
select is(
    wedsync_internal.open_connection(tap.node(), gen_random_uuid(), tap.claims('sam51')),
    '{"ok": false, "code": "ConnectionRateLimitReached", "reason": "the people of a supplier have at most 250 open sockets"}', 'and no more'
);
-- a supplier names its people by itself: that it is full takes nothing from those who are more than its people
select tap.supplier('baker');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id(w.who), 'staff'), 'service_role')
from (values ('olivia'), ('baker')) as w (who);
select tap.wedding('olivia');
select is(pg_temp.open(w.who, 6), array_fill('ok'::text, array[5]) || '{ConnectionRateLimitReached}', 'five sockets still for ' || w.what)
from (values ('olivia', 'somebody who marries'), ('baker', 'somebody of another supplier')) as w (who, what);
delete from wedsync_data.websocket_connections as c where c.user_id in (tap.id('olivia'), tap.id('baker'));
update wedsync_data.settings set value = '251' where name = 'connections_per_supplier';
select is(pg_temp.open('sam51', 2), '{ok,ConnectionRateLimitReached}'::text[], 'the setting decides');
select is(
    wedsync_internal.open_connection(gen_random_uuid(), tap.id('nowhere'), tap.claims('jo')), '{"ok": true}', 'a process that the database does not know'
);
select is((select count(*) from wedsync_data.websocket_connections as c where c.connection_id = tap.id('nowhere')), 0::bigint, 'leaves nothing');

-- pings
update wedsync_data.websocket_connections set last_ping = now() - interval '1 hour';
select tap.join('emma', 'core-fields', '{}', connection => 'emma node 2');
update wedsync_data.subscriptions set last_ping_at = now() - interval '1 hour';
select wedsync_internal.note_pings(array[tap.id('emma node 2'), tap.id('emma node 3'), gen_random_uuid(), null]);
select is((select count(*) from wedsync_data.websocket_connections as c where c.last_ping = now()), 2::bigint, 'the pings of many sockets at once');
select is((select s.last_ping_at from wedsync_data.subscriptions as s), now(), 'of their channels too');
select lives_ok(q.query, q.query)
from (
    values ('select wedsync_internal.note_pings(null)'), ('select wedsync_internal.note_pings(''{}'')'), ('select wedsync_internal.close_connections(null)')
) as q (query);

-- everybody sees their own
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.websocket_connections')), w.n, w.who || ' sees own sockets')
from (
    values ('emma', (select count(*) from wedsync_data.websocket_connections as c where c.user_id = tap.id('emma'))), ('james', 1), ('chef', 0), ('stranger', 0)
) as w (who, n);
select is(
    (select array_agg(distinct r ->> 'user_id') from tap.rows('emma', 'select * from wedsync.websocket_connections') as r), array[tap.id('emma')::text],
    'and nobody else''s'
);
select is(
    (
        select r ->> 'is_active' from tap.rows('emma', 'select * from wedsync.websocket_connections') as r
        where r ->> 'connection_id' = tap.id('emma node 1')::text
    ), 'false', 'closed ones are marked'
);
select is(tap.error(null, 'select * from wedsync.websocket_connections', 'anon') ->> 'sqlstate', '42501', 'nobody unknown');
select is(
    (tap.call(null, 'select count(*) from wedsync.websocket_connections', 'service_role'))::bigint, (select count(*) from wedsync_data.websocket_connections),
    'the server sees all'
);
select * from finish();
rollback;

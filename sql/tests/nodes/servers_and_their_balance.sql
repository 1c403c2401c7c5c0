-- proves: F004-04, F004-05
-- Each worker process has a row with its health; the advice follows from sockets, room, lag and the doorbell; both are for server roles.
begin;
select plan(33);
create function pg_temp.report(
    name text, sockets integer, lag real default 0, hears boolean default true, most integer default 1000
) returns boolean language sql
as $$
    select wedsync_internal.touch_node(
        tap.node(name), null,
        jsonb_build_object(
            'sockets', sockets, 'channels', sockets * 2, 'audiences', 3, 'most_sockets', most, 'loop_lag_seconds', lag, 'doorbell_hears', hears, 'bus_dropped',
            0
        )
    )
$$;
create function pg_temp.health(name text) returns jsonb language sql
as $$ select h from tap.rows(null, 'select * from wedsync.server_health()', 'service_role') as h where h ->> 'server_instance' = tap.id(name)::text $$;
create function pg_temp.advice(name text default null) returns jsonb language sql
as $$
    select b from tap.rows(null, 'select * from wedsync.balance_advice()', 'service_role') as b
    where b ->> 'server_instance' is not distinct from tap.id(name)::text
$$;
-- nobody yet
select is(
    pg_temp.advice() - 'figures',
    '{"reason": "no_process", "pid": null, "host": null, "used": null, "share": null, "action": "add", "sockets": 0, "even_share": null, "most_sockets": 0, '
    '"server_instance": null, "loop_lag_seconds": null}',
    'without a process it takes one'
);
select tap.node('one');
select is(pg_temp.health('one') ->> 'status', 'starting', 'a process that has not reported yet');
select is(array[pg_temp.advice('one') ->> 'action', pg_temp.advice('one') ->> 'reason'], '{wait,not_reported}', 'is waited for');
-- what it reports
select ok(pg_temp.report('one', 40, 0.01), 'it reports with the renewal of its lease');
select is(
    pg_temp.health('one') - '{server_instance,started_at,reported_at}'::text[],
    '{"pid": 1, "host": "test", "status": "ready", "problems": [], "sockets": 40, "channels": 80, "audiences": 3, "most_sockets": 1000, "loop_lag_seconds": '
    '0.01, "doorbell_hears": true, "bus_dropped": 0}',
    'its row'
);
select is((pg_temp.health('one') ->> 'reported_at')::timestamptz, now(), 'with the time of the report');
select wedsync_internal.touch_node(tap.node('one'));
select is(pg_temp.health('one') -> 'sockets', '40', 'a renewal without a report leaves it');
select is(pg_temp.advice('one') ->> 'action', 'keep', 'all on one process is no crowd');
select is(array[pg_temp.advice() ->> 'action', pg_temp.advice() ->> 'reason'], '{keep,room}', 'and there is room');
-- shares
select pg_temp.report('one', 900), pg_temp.report('two', 100), pg_temp.report('three', 100, 0, true, 2000);
select is((
    select jsonb_object_agg(n.name, pg_temp.advice(n.name) - '{server_instance,pid,host,reason,figures,loop_lag_seconds,sockets,most_sockets}'::text[])
    from unnest(array['one', 'two', 'three']) as n (name)
),
    '{"one": {"share": 0.818, "even_share": 0.25, "used": 0.9, "action": "spread"}, "two": {"share": 0.091, "even_share": 0.25, "used": 0.1, "action": '
    '"keep"}, "three": {"share": 0.091, "even_share": 0.5, "used": 0.05, "action": "keep"}}',
    'an even share follows the room of each');
select is(
    array[pg_temp.advice('one') -> 'reason', pg_temp.advice('one') -> 'figures', pg_temp.advice('two') -> 'reason'],
        array['"crowded"', '{"sockets": 1100, "processes": 3, "others_healthy": null}', '"even"']::jsonb [], 'with what it rests on'
);
select pg_temp.report('one', 9), pg_temp.report('two', 0), pg_temp.report('three', 0, 0, true, 1000);
select is(pg_temp.advice('one') ->> 'action', 'keep', 'a few sockets are chance, however they lie');
-- late, deaf, gone
select pg_temp.report('one', 100, 0.4);
select is(pg_temp.health('one') - 'server_instance' #> '{problems}', '["its event loop lags"]', 'a late loop is a problem');
select is(pg_temp.health('one') ->> 'status', 'degraded', 'and shows');
select is(pg_temp.advice('one') ->> 'action', 'drain', 'one that is late while others keep up is drained');
select is(
    array[pg_temp.advice('one') -> 'reason', pg_temp.advice('one') -> 'figures', pg_temp.advice('one') -> 'loop_lag_seconds'],
        array['"late"', '{"sockets": 100, "processes": 3, "others_healthy": 2}', '0.4']::jsonb [], 'and why'
);
select pg_temp.report('two', 100, 0.4), pg_temp.report('three', 100, 0.5);
select is(
    (select array_agg(distinct b ->> 'action') from tap.rows(null, 'select * from wedsync.balance_advice()', 'service_role') as b), '{add,keep}',
    'when all are late it takes more of them'
);
select is(
    array[pg_temp.advice() -> 'reason', pg_temp.advice() #> '{figures,processes}', pg_temp.advice() -> 'loop_lag_seconds'],
        array['"all_late"', '3', '0.5']::jsonb [], 'and why'
);
select pg_temp.report('one', 100), pg_temp.report('two', 100, 0, false), pg_temp.report('three', 100);
select is(
    array[pg_temp.health('two') ->> 'status', pg_temp.advice('two') ->> 'action', pg_temp.advice('one') ->> 'action'], '{degraded,drain,keep}',
        'one that does not hear the doorbell'
);
update wedsync_data.relay_nodes set reported_at = now() - interval '16 seconds' where node = tap.id('two');
select is(
    pg_temp.health('two') #> '{problems}',
    '["LISTEN does not work: the poll finds changes up to a second late", "it has not read the event log for ten seconds: changes are delayed"]',
    'one that reads no more says nothing either'
);
update wedsync_data.relay_nodes set lease_until = now() where node = tap.id('two');
select is(
    array[pg_temp.health('two') ->> 'status', pg_temp.advice('two') ->> 'action', pg_temp.advice() ->> 'sockets'], '{gone,gone,200}',
        'one that is gone counts no more'
);
-- full
select pg_temp.report('one', 800), pg_temp.report('three', 700);
select is(
    pg_temp.advice() - '{server_instance,pid,host,loop_lag_seconds,share,even_share}'::text[],
    '{"used": 0.75, "action": "add", "sockets": 1500, "most_sockets": 2000, "reason": "full", "figures": {"processes": 2, "needed": 3, "most_used_percent": '
    '70}}',
    'full ones need another'
);
update wedsync_data.settings set value = '80' where name = 'balance_most_used_percent';
select is(pg_temp.advice() ->> 'action', 'keep', 'the settings decide what is full');
-- not for everybody
select tap.wedding('emma');
select is(tap.error(w.who, format('select * from wedsync.%s()', f.name), w.role) ->> 'sqlstate', w.state, format('%s as %s', f.name, w.role)) from (values
    ('emma', 'authenticated', '42501'), (null, 'anon', '42501'), (null, 'wedsync_worker', '42501'), (null, 'service_role', null), (null, 'wedsync_admin', null)
) as w (who, role, state), (values ('server_health'), ('balance_advice')) as f (name);
select * from finish();
rollback;

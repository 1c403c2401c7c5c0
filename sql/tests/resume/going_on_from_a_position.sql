-- proves: F002-36, F002-17, C-17
-- Where a client goes on after its socket ended: by session, else by person and topic; and when it needs a fresh snapshot instead.
begin;
select plan(75);
select tap.wedding('emma');
select tap.wedding('olivia');
create function pg_temp.topic() returns text language sql as $$ select 'core_fields_' || tap.couple('emma') $$;
-- Positions later than any transaction of this server, in the order of n.
create function pg_temp.at(n integer) returns text language sql as $$ select format('%1$s:%1$s:', pg_current_xact_id()::text::bigint + 1000000 + n) $$;
create function pg_temp.tab(
    session text default 'tab', who text default 'emma', node text default 'node', connection text default 'c'
) returns jsonb language sql
as $$ select tap.join(who, pg_temp.topic(), '{}', session, node => node, connection => connection) $$;
create function pg_temp.resumes(joined jsonb) returns text language sql
as $$ select case when joined -> 'resync' = 'true' then 'fresh snapshot' else coalesce(joined ->> 'resume_from', 'fresh') end $$;
create function pg_temp.leave(joined jsonb, came_to text) returns void language sql
as $$ select wedsync_internal.leave_topics(array[tap.subscription(joined)], array[came_to]) $$;
create function pg_temp.points() returns bigint language sql as $$ select count(*) from wedsync_data.resume_points $$;

select is(pg_temp.resumes(pg_temp.tab()), 'fresh', 'a client that is new');
select pg_temp.leave((select jsonb_build_object('subscription_id', max(s.id)) from wedsync_data.subscriptions as s), pg_temp.at(1));
select is(pg_temp.resumes(pg_temp.tab()), pg_temp.at(1), 'one whose socket ended goes on from what it confirmed');
select is(pg_temp.resumes(pg_temp.tab('other tab')), 'fresh', 'another session of the same person does not');
select is(pg_temp.resumes(pg_temp.tab(null)), 'fresh', 'nor a client without session');
select is(pg_temp.resumes(tap.join('emma', 'wedding:' || tap.couple('emma'), '{}', 'tab')), 'fresh', 'nor another topic');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('james'), 'partner'), 'service_role');
select is(pg_temp.resumes(pg_temp.tab('tab', 'james')), 'fresh', 'nor somebody else who knows the session');

-- the point stays until the client confirmed what it had missed
create temporary table second on commit drop as select pg_temp.tab() as joined;
select is(pg_temp.resumes((select joined from second)), pg_temp.at(1), 'again, while nothing was confirmed since');
select pg_temp.leave((select joined from second), (select joined ->> 'position' from second));
select is(pg_temp.resumes(pg_temp.tab()), pg_temp.at(1), 'and again, when the socket ended before it confirmed anything');
select wedsync_internal.forget_positions(array[tap.subscription(pg_temp.tab())]);
select is(pg_temp.points(), 0::bigint, 'confirmed: the point is gone');

-- left on purpose
delete from wedsync_data.subscriptions;
create temporary table third on commit drop as select pg_temp.tab() as joined;
select pg_temp.leave((select joined from third), null);
select is(pg_temp.resumes(pg_temp.tab()), 'fresh', 'who left on purpose starts anew');
delete from wedsync_data.subscriptions;
select pg_temp.leave(pg_temp.tab(), pg_temp.at(1));
select pg_temp.leave(pg_temp.tab(), null);
select is(pg_temp.points(), 0::bigint, 'also when it had gone on before');
-- a worker's cursor may lag behind the join
delete from wedsync_data.subscriptions;
create temporary table fourth on commit drop as select pg_temp.tab() as joined;
select pg_temp.leave((select joined from fourth), '4:4:');
select is(pg_temp.resumes(pg_temp.tab()), (select joined ->> 'position' from fourth), 'nobody goes on from before the join');
delete from wedsync_data.resume_points;

-- several sockets of one client: the oldest counts
delete from wedsync_data.subscriptions;
create temporary table several on commit drop as select g, pg_temp.tab(connection => 'c' || g) as joined from generate_series(1, 3) as g;
select wedsync_internal.leave_topics(array_agg(tap.subscription(s.joined) order by s.g), array_agg(pg_temp.at(10 - s.g) order by s.g)) from several as s;
select is(pg_temp.points(), 1::bigint, 'one point');
select is(pg_temp.resumes(pg_temp.tab()), pg_temp.at(7), 'the oldest of three');
delete from wedsync_data.resume_points;
delete from wedsync_data.subscriptions;
create temporary table pair on commit drop as select g, pg_temp.tab(connection => 'c' || g) as joined from generate_series(1, 2) as g;
select pg_temp.leave((select p.joined from pair as p where p.g = 1), pg_temp.at(5));
select pg_temp.leave((select p.joined from pair as p where p.g = 2), pg_temp.at(9));
select is((select r.position::text from wedsync_data.resume_points as r), pg_temp.at(5), 'one after the other as well');
select pg_temp.leave((select p.joined from pair as p where p.g = 2), pg_temp.at(2));
select is((select r.position::text from wedsync_data.resume_points as r), pg_temp.at(5), 'a socket ends once');

-- several clients without a session: what they missed is there until as many have come back
create function pg_temp.device(connection text) returns jsonb language sql as $$ select pg_temp.tab(null, connection => connection) $$;
create function pg_temp.confirms(joined jsonb) returns void language sql as $$ select wedsync_internal.forget_positions(array[tap.subscription(joined)]) $$;
create function pg_temp.clear() returns void language sql as $$ delete from wedsync_data.subscriptions; delete from wedsync_data.resume_points; $$;
-- a device comes back, confirms and stays, without being taken for one whose end nobody reported
create function pg_temp.back(connection text, breaks integer default 0) returns text language plpgsql
as $$
declare
    joined jsonb;
    outcome text;
begin
    for n in 0 .. breaks loop
        joined := pg_temp.device(connection);
        outcome := concat_ws(' ', outcome, pg_temp.resumes(joined));
        if n < breaks then
            perform pg_temp.leave(joined, pg_temp.at(40));
        end if;
    end loop;
    perform pg_temp.confirms(joined);
    delete from wedsync_data.subscriptions;
    return outcome;
end
$$;
create function pg_temp.away(devices integer, time_away interval default '1 minute') returns void language plpgsql
as $$
declare
    joined jsonb;
begin
    perform pg_temp.clear();
    select jsonb_agg(pg_temp.device('c' || g)) into joined from generate_series(1, devices) as g;
    update wedsync_data.subscriptions set joined_at = now() - interval '1 second';
    perform pg_temp.leave(j.value, pg_temp.at(j.n::integer)) from jsonb_array_elements(joined) with ordinality as j (value, n);
    update wedsync_data.resume_points set saved_at = now() - time_away;
    delete from wedsync_data.subscriptions;
end
$$;
select pg_temp.away(2);
select is(array[pg_temp.back('phone', 2), pg_temp.back('laptop'), pg_temp.back('another')],
    array[concat_ws(' ', pg_temp.at(1), pg_temp.at(1), pg_temp.at(1)), pg_temp.at(1), 'fresh'],
        'the second gets it too, however often the first broke off, and a third that was not away does not');
select pg_temp.away(1);
select is(
    array[pg_temp.back('phone', 1), pg_temp.back('another')], array[pg_temp.at(1) || ' ' || pg_temp.at(1), 'fresh'], 'of one that was away nothing is left'
);
select pg_temp.clear();
create temporary table two on commit drop as select g, pg_temp.device('c' || g) as joined from generate_series(1, 2) as g;
update wedsync_data.subscriptions set joined_at = now() - interval '1 second';
select wedsync_internal.leave_topics(array_agg(tap.subscription(b.joined)), array_agg(pg_temp.at(b.g))) from two as b;
delete from wedsync_data.subscriptions;
select is(
    array[pg_temp.back('phone'), pg_temp.back('laptop'), pg_temp.back('another')], array[pg_temp.at(1), pg_temp.at(1), 'fresh'], 'also when they went together'
);
select pg_temp.away(2, '8 hours');
select is(
    array[pg_temp.back('phone', 1), pg_temp.back('laptop'), pg_temp.back('another')], array['fresh snapshot fresh snapshot', 'fresh snapshot', 'fresh'],
        'too late: both are told'
);
select pg_temp.away(2, '8 hours');
select is(pg_temp.back('phone'), 'fresh snapshot', 'one of two, the other was closed for good');
select is((select now() - r.saved_at from wedsync_data.resume_points as r), interval '30 days', 'which is remembered for another hour only');
update wedsync_data.resume_points set saved_at = saved_at - interval '61 minutes';
select wedsync_internal.close_inactive_subscriptions();
select is(pg_temp.back('phone'), 'fresh', 'so that the one that is here goes on as ever');
select pg_temp.clear();

-- whose end nobody reported
delete from wedsync_data.resume_points;
delete from wedsync_data.subscriptions;
select pg_temp.tab('lost');
select is(
    pg_temp.resumes(pg_temp.tab('lost')), (select s.joined_position::text from wedsync_data.subscriptions as s order by s.id limit 1),
    'the same session is open still: from its join, since nothing is confirmed'
);
select ok(wedsync_internal.touch_node(tap.node(), pg_temp.at(20)), 'the worker says how far all its sockets have come');
select is(pg_temp.resumes(pg_temp.tab('lost')), pg_temp.at(20), 'then from there');
delete from wedsync_data.subscriptions;
select pg_temp.tab(null);
select is(pg_temp.resumes(pg_temp.tab(null)), pg_temp.at(20), 'without a session, an open socket may be one whose network went away: nothing is lost');
select is(pg_temp.resumes(pg_temp.tab('tab')), 'fresh', 'who names a session is another client');
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'realtime-subscribe';
delete from wedsync_data.rate_usage;
select is(
    array[tap.answer(pg_temp.tab(null)), tap.answer(pg_temp.tab(null))], array['ok', 'ClientJoinRateLimitReached'],
        'but it may be another tab, too: it counts as a new subscription'
);
select wedsync_internal.end_lease(tap.node());
update wedsync_data.relay_nodes set lease_until = now() - interval '1 second' where node = tap.node();
select is(tap.answer(pg_temp.tab(null, node => 'next')), 'ok', 'of a worker that died it is the same client, which does not');
update wedsync_data.rate_limits set max_requests = 1000 where endpoint = 'realtime-subscribe';
delete from wedsync_data.relay_nodes;
select tap.node('dead');
delete from wedsync_data.subscriptions;
select pg_temp.tab(null, node => 'dead');
select wedsync_internal.touch_node(tap.node('dead'), pg_temp.at(30));
select is(pg_temp.resumes(pg_temp.tab(null)), pg_temp.at(30), 'of a worker that may be dead without anybody knowing');
delete from wedsync_data.subscriptions where node = tap.node();
select wedsync_internal.end_lease(tap.node('dead'));
update wedsync_data.relay_nodes set lease_until = now() - interval '1 second' where node = tap.node('dead');
select is(pg_temp.resumes(pg_temp.tab(null)), pg_temp.at(30), 'of a worker that died: from what all its sockets had confirmed');

-- a late client, after the clean-up closed what the dead worker held
delete from wedsync_data.subscriptions where node = tap.node();
update wedsync_data.relay_nodes set lease_until = now() - interval '6 minutes' where node = tap.node('dead');
select cmp_ok(tap.call(null, 'select wedsync.cleanup_inactive_subscriptions()', 'service_role')::integer, '>=', 1, 'the clean-up');
select is(pg_temp.resumes(pg_temp.tab(null)), pg_temp.at(30), 'a late client goes on all the same');
delete from wedsync_data.resume_points;
delete from wedsync_data.subscriptions;
select tap.node('gone');
select pg_temp.tab('t', node => 'gone');
update wedsync_data.subscriptions set last_ping_at = now() - interval '6 minutes';
select tap.call(null, 'select wedsync.cleanup_inactive_subscriptions()', 'service_role');
select isnt(pg_temp.resumes(pg_temp.tab('t')), 'fresh', 'and one whose pings had stopped');

-- too late, and another history
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;
select pg_temp.leave(pg_temp.tab(), pg_temp.at(1));
update wedsync_data.resume_points set saved_at = now() - interval '59 minutes';
select is(pg_temp.resumes(pg_temp.tab()), pg_temp.at(1), 'after 59 minutes');
delete from wedsync_data.subscriptions;
update wedsync_data.resume_points set saved_at = now() - interval '61 minutes';
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'after 61 minutes the client reads afresh');
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'and is told again, while it has not confirmed that it was');
create function pg_temp.newest() returns jsonb language sql as $$
    select jsonb_build_object('subscription_id', max(s.id)) from wedsync_data.subscriptions as s
$$;
select pg_temp.leave(pg_temp.newest(), pg_temp.at(2));
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'also when its socket ended before');
select is(tap.join('emma', pg_temp.topic(), '{}', 'tab', connection => 'c', is_refresh => true) -> 'resync', 'false', 'but not with a new token');
select wedsync_internal.forget_positions(array[tap.subscription(pg_temp.newest())]);
select is(pg_temp.points(), 0::bigint, 'confirmed: the point is gone');
select pg_temp.leave(pg_temp.newest(), pg_temp.at(3));
delete from wedsync_data.subscriptions;
select is(pg_temp.resumes(pg_temp.tab()), pg_temp.at(3), 'and it goes on from where it came to since');
delete from wedsync_data.resume_points;
delete from wedsync_data.subscriptions;
-- the clean-up keeps what tells a client that was away from a new one
create function pg_temp.after(time_away interval) returns text language plpgsql
as $$
begin
    delete from wedsync_data.subscriptions;
    delete from wedsync_data.resume_points;
    perform pg_temp.leave(pg_temp.tab(), pg_temp.at(1));
    update wedsync_data.resume_points set saved_at = now() - time_away;
    perform wedsync_internal.close_inactive_subscriptions();
    return pg_temp.resumes(pg_temp.tab());
end
$$;
select is(pg_temp.after(a.time_away), a.outcome, 'after ' || a.time_away) from (values
    (interval '59 minutes', pg_temp.at(1)), ('8 hours', 'fresh snapshot'), ('29 days', 'fresh snapshot'), ('31 days', 'fresh')
) as a (time_away, outcome);
update wedsync_data.settings set value = '0' where name = 'remember_days';
select is(pg_temp.after('61 minutes'), 'fresh', 'as the settings say');
select is(pg_temp.after('59 minutes'), pg_temp.at(1), 'but who can go on is known');
update wedsync_data.settings set value = '30' where name = 'remember_days';
-- nobody goes on over what is not kept any more
update wedsync_data.settings set value = '20160' where name = 'resume_minutes';
select is(pg_temp.after(a.time_away), a.outcome, format('of fourteen days that clients may go on, broadcasts are kept for three: after %s', a.time_away))
from (values (interval '71 hours', pg_temp.at(1)), ('73 hours', 'fresh snapshot')) as a (time_away, outcome);
update wedsync_data.retention_policies set keep_for = null where table_name in ('events', 'messages');
select is(pg_temp.after(a.time_away), a.outcome, format('kept for ever, but what was missed is looked for eight days back: after %s', a.time_away))
from (values (interval '7 days', pg_temp.at(1)), ('9 days', 'fresh snapshot')) as a (time_away, outcome);
update wedsync_data.retention_policies set keep_for = interval '30 days' where table_name = 'events';
update wedsync_data.retention_policies set keep_for = interval '3 days' where table_name = 'messages';
update wedsync_data.settings set value = '60' where name = 'resume_minutes';
-- a socket that ends later makes nobody's old position a new one
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;
create temporary table overnight on commit drop as select g, pg_temp.tab(null, connection => 'c' || g) as joined from generate_series(1, 2) as g;
select pg_temp.leave((select o.joined from overnight as o where o.g = 1), pg_temp.at(1));
update wedsync_data.resume_points set saved_at = now() - interval '8 hours';
select pg_temp.leave((select o.joined from overnight as o where o.g = 2), pg_temp.at(2));
select is(pg_temp.resumes(pg_temp.tab(null)), 'fresh snapshot', 'nor does it go on from there');
-- a person who is deleted
select pg_temp.leave(tap.join('olivia', 'core_fields_' || tap.couple('olivia'), '{}', 'tab'), pg_temp.at(1));
select pg_temp.leave(pg_temp.tab(), pg_temp.at(1));
delete from wedsync_data.users where id = tap.id('olivia');
select is((select array_agg(distinct r.user_id) from wedsync_data.resume_points as r), array[tap.id('emma')], 'leaves no positions behind');
select pg_temp.leave(jsonb_build_object('subscription_id', (select max(s.id) from wedsync_data.subscriptions as s)), pg_temp.at(1));
update wedsync_data.stream_epoch set epoch = gen_random_uuid();
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'so it does after a restored backup');
select pg_temp.leave(pg_temp.newest(), pg_temp.at(2));
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'until it has confirmed that');
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;
update wedsync_data.stream_epoch set lost_end_at = now();
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'one that may have been forgotten with the end of the history');
update wedsync_data.stream_epoch set lost_end_at = null;
select pg_temp.leave(pg_temp.newest(), pg_temp.at(2));
select is(pg_temp.resumes(pg_temp.tab()), 'fresh snapshot', 'is told until it has confirmed, too');

-- positions that are not for everybody
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;
create temporary table nobody on commit drop as select tap.join(null, pg_temp.topic(), '{}', 'tab', 'service_role') as joined;
select pg_temp.leave((select joined from nobody), pg_temp.at(1));
select is(pg_temp.points(), 0::bigint, 'a server token names nobody to keep a position for');
create temporary table revoked on commit drop as select pg_temp.tab('tab', 'james') as joined;
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('james')));
select pg_temp.leave((select joined from revoked), pg_temp.at(1));
select is((select count(*) from wedsync_data.resume_points as r where r.epoch is not null), 0::bigint, 'nor does who lost the right');
delete from wedsync_data.resume_points;
delete from wedsync_data.subscriptions;
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.let_out_and_in() returns void language sql
as $$
    select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
    -- as if in an earlier transaction: what one transaction takes and gives back was never lost
    update wedsync_data.subscriptions set moved_xid = '3' where group_id is null;
    select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('chef')));
$$;
select pg_temp.tab('tab', 'chef');
select pg_temp.let_out_and_in();
select is(
    pg_temp.resumes(pg_temp.tab('tab', 'chef')), 'fresh snapshot',
    'who lost the right and has it again begins anew, and is told so, though nobody reported the end of the socket'
);
select is(pg_temp.resumes(pg_temp.tab('tab', 'chef')), 'fresh snapshot', 'until that is confirmed');
delete from wedsync_data.subscriptions;
select pg_temp.tab('tab', 'chef', 'gone');
select pg_temp.let_out_and_in();
update wedsync_data.relay_nodes set lease_until = now() - interval '6 minutes' where node = tap.node('gone');
select tap.call(null, 'select wedsync.cleanup_inactive_subscriptions()', 'service_role');
select is(pg_temp.resumes(pg_temp.tab('tab', 'chef')), 'fresh snapshot', 'also after the clean-up');
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;
select pg_temp.leave(pg_temp.tab('tab', 'chef'), pg_temp.at(1));
create temporary table comes on commit drop as select pg_temp.tab('tab', 'chef') as joined;
select pg_temp.let_out_and_in();
select pg_temp.leave((select joined from comes), pg_temp.at(2));
select is(
    pg_temp.resumes(pg_temp.tab('tab', 'chef')), 'fresh snapshot', 'and one that had come back from somewhere and lost its right before it confirmed that'
);

-- what a process that died left behind is done with once a client has confirmed that it went on from there
delete from wedsync_data.subscriptions;
create function pg_temp.after_a_death(session text) returns text language plpgsql
as $$
declare
    back jsonb;
begin
    perform tap.node('died'), pg_temp.tab(session, node => 'died'), wedsync_internal.touch_node(tap.node('died'), pg_temp.at(50));
    update wedsync_data.relay_nodes set lease_until = now() - interval '1 second' where node = tap.node('died');
    back := pg_temp.tab(session);
    perform wedsync_internal.forget_positions(array[tap.subscription(back)]), pg_temp.leave(back, pg_temp.at(60));
    return pg_temp.resumes(back) || ' ' || pg_temp.resumes(pg_temp.tab(session));
end
$$;
select is(pg_temp.after_a_death('tab'), pg_temp.at(50) || ' ' || pg_temp.at(60), 'and is not sent again');
delete from wedsync_data.resume_points;
delete from wedsync_data.subscriptions;
select is(pg_temp.after_a_death(null), pg_temp.at(50) || ' ' || pg_temp.at(50), 'but without a session another tab may need it still');
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;

-- a socket that is lost, and found to have received everything only after another one of its client came and went
select pg_temp.leave(pg_temp.tab(), pg_temp.at(1));
create temporary table lost_pair on commit drop as select g, pg_temp.tab(connection => 'c' || g) as joined from generate_series(1, 2) as g;
update wedsync_data.resume_points set saved_at = now() - interval '2 minutes', kept_at = now() - interval '2 minutes';
update wedsync_data.subscriptions set joined_at = now() - interval '1 minute';
select pg_temp.leave((select b.joined from lost_pair as b where b.g = 2), pg_temp.at(1));
select wedsync_internal.forget_positions(array(select tap.subscription(b.joined) from lost_pair as b where b.g = 1));
delete from wedsync_data.subscriptions;
select is(pg_temp.resumes(pg_temp.tab()), pg_temp.at(1), 'takes nothing from that one');
delete from wedsync_data.subscriptions;
delete from wedsync_data.resume_points;

-- joining anew with a refreshed token goes on where the socket is
create temporary table fresh on commit drop as select pg_temp.tab() as joined;
create temporary table refreshed on commit drop as select tap.join('emma', pg_temp.topic(), '{}', 'tab', connection => 'c', is_refresh => true) as joined;
select is((select joined ->> 'position' from refreshed), (select joined ->> 'position' from fresh), 'a refresh keeps the position of the join');
select is((select joined ->> 'resume_from' from refreshed), null, 'and replays nothing');
select is(tap.answer((select joined from refreshed)), 'ok', 'and is a join');
-- ends twice, ends of nothing
select lives_ok(q.query, q.query)
from (
    values ('select wedsync_internal.leave_topics(null)'), ('select wedsync_internal.leave_topics(''{}'')'),
        ('select wedsync_internal.leave_topics(''{-1}'', ''{"5:5:"}'')'), ('select wedsync_internal.leave_topics(''{-1,-2}'', null)'),
        ('select wedsync_internal.forget_positions(null)')
) as q (query);
select * from finish();
rollback;

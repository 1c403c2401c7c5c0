-- proves: F004-53, F004-58, F004-89, C-52
-- What a session token reaches: the channels of its wedding, with the rights of its person at that time, until one of them ends.
begin;
select plan(50);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('olivia', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('olivia'), tap.id('emma'), 'friend'), 'service_role');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('paula'), 'planner'), 'service_role');
select tap.supplier('chef', 'emma', '{wedding.date}');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
insert into wedsync_data.free_topics (pattern, description) values ('^free:', 'for this test');
create temporary table sessions as
select w.who, s.a ->> 'token' as token, (s.a #>> '{session,id}')::uuid as id,
    wedsync_internal.session_claims(sha256(convert_to(s.a ->> 'token', 'UTF8'))) -> 'claims' as claims
from (values ('emma'), ('paula'), ('chef'), ('sam')) as w (who)
cross join lateral (select tap.call(w.who, format('select wedsync.join_session(%L)', tap.couple('emma')))::jsonb as a) as s;
create function pg_temp.join(who text, topic text, more jsonb default '{}') returns jsonb language sql
as $$ select wedsync_internal.join_topic(tap.node(), s.claims || more, topic, '{}', tap.id('socket of ' || who)) from sessions as s where s.who = $1 $$;
create function pg_temp.alive(who text) returns boolean language sql
as $$ select (wedsync_internal.session_claims(sha256(convert_to(s.token, 'UTF8'))) -> 'ok')::boolean from sessions as s where s.who = $1 $$;
create function pg_temp.open(who text) returns bigint language sql
as $$
    select count(*) from wedsync_data.subscriptions as s
    where s.user_id = tap.id($1) and s.collaboration_session is not null and s.active and s.group_id is not null
$$;
-- As at a commit.
create function pg_temp.commit() returns void language plpgsql as $$ begin set constraints all immediate; set constraints all deferred; end $$;

select is(tap.answer(pg_temp.join(w.who, c.prefix || tap.couple('emma'))), 'ok', w.who || ' joins ' || c.prefix)
from (values ('emma'), ('paula'), ('chef'), ('sam')) as w (who), (values ('core_fields_'), ('wedding:'), ('presence_')) as c (prefix);
select is(
    (select array_agg(distinct s.collaboration_session) from wedsync_data.subscriptions as s where s.user_id = tap.id('chef')),
    array(select s.id from sessions as s where s.who = 'chef'), 'the channel knows its session'
);
select is(pg_temp.join('emma', t.topic) ->> 'code', 'Unauthorized', 'a channel outside is refused: ' || left(t.topic, 12))
from (values ('core_fields_' || tap.couple('olivia')), ('wedding:' || tap.couple('olivia')), ('core-fields'), ('system'), ('free:x')) as t (topic);
select is(pg_temp.join('chef', t.topic) ->> 'code', 'Unauthorized', 'so is what belongs to the supplier: ' || left(t.topic, 12))
from (values ('supplier_' || tap.firm('chef')), ('form-responses')) as t (topic);
select is(tap.answer(tap.join('emma', t.topic)), 'ok', 'control: a signed token reaches it')
from (values ('core_fields_' || tap.couple('olivia')), ('core-fields'), ('free:x')) as t (topic);
select matches(pg_temp.join('emma', 'core-fields') ->> 'reason', 'own wedding only', 'with the reason');
-- publishing over HTTP
select is(wedsync_internal.publish_messages(s.claims, jsonb_build_array(
    jsonb_build_object('topic', 'wedding:' || tap.couple('emma'), 'event', 'x', 'payload', '{}'::jsonb),
    jsonb_build_object('topic', 'free:x', 'event', 'x', 'payload', '{}'::jsonb)
)), '{"stored": 1, "refused": ["free:x"]}', 'it publishes to its wedding only') from sessions as s where s.who = 'emma';
-- claims that are not those of the session
select is(pg_temp.join('emma', 'core_fields_' || tap.couple('emma'), c.more) ->> 'code', 'Unauthorized', 'odd claims are refused: ' || c.more::text)
from (select jsonb_build_object('wedsync_session', w.v) from (values ('null'::jsonb), ('5'), ('"x"'), ('{}'), (to_jsonb(gen_random_uuid()))) as w (v)
    union all select jsonb_build_object('wedsync_session', s.id) from sessions as s where s.who = 'paula') as c (more);

-- rights are those of now
select is((select count(*) from tap.heard('chef', 'core_fields_' || tap.couple('emma'))), 0::bigint, 'nothing was heard yet');
select tap.forget();
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 88, "budget.total": 31234}');
select is((select count(*) from tap.heard('chef', 'core_fields_' || tap.couple('emma'))), 0::bigint, 'what the supplier may not read it does not hear');
select is(
    (select count(*) from tap.heard('paula', 'core_fields_' || tap.couple('emma')) as h where h.payload::text ~ '88' and h.payload::text !~ '31234'), 1::bigint,
    'the planner hears its part'
);
select tap.call('emma', format('select wedsync.grant_access(%L, %L, %L)', tap.couple('emma'), tap.firm('chef'), '{basic,guest_numbers}'));
select pg_temp.commit();
select is(pg_temp.alive(w.who), true, 'grants that are replaced end no session: ' || w.who) from (values ('chef'), ('sam'), ('paula')) as w (who);
select tap.forget();
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 89}');
select is((select count(*) from tap.heard('chef', 'core_fields_' || tap.couple('emma'))), 1::bigint, 'with the same token more is heard');

-- the wedding is lost
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('paula')));
select pg_temp.commit();
select is(pg_temp.open('paula'), 0::bigint, 'a removed member: the channels end');
select is(pg_temp.alive('paula'), false, 'the token is dead');
select is(
    tap.error('paula', format('select wedsync.refresh_session(%L)', (select s.id from sessions as s where s.who = 'paula'))) ->> 'sqlstate', 'PT409',
    'and is not refreshed'
);
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('paula'), 'planner'), 'service_role');
select is(pg_temp.alive('paula'), false, 'it stays dead when the member comes back');
select is(
    pg_temp.join('paula', 'core_fields_' || tap.couple('emma')) ->> 'reason', 'the session has ended: start a new one with join_session',
    'for a socket that is open, too'
);
select tap.call('chef', format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id('sam')));
select pg_temp.commit();
select is(array[pg_temp.alive('sam'), pg_temp.alive('chef')], '{f,t}', 'who leaves the supplier loses it, the others do not');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select pg_temp.commit();
select is(pg_temp.alive('chef'), false, 'a revoked supplier loses it');
select is(pg_temp.open('chef'), 0::bigint, 'and its channels');
-- the person ends it
select tap.forget();
select tap.call('emma', format('select wedsync.end_session(%L)', (select s.id from sessions as s where s.who = 'emma')));
select is(
    (
        select array_agg(distinct f.payload) from wedsync_internal.next_frames(tap.node(), tap.start()) as f
        join wedsync_data.subscriptions as s on s.id = f.subscription_id where f.kind = 'moved' and s.user_id = tap.id('emma') and f.group_id is null
    ), array['{"reason": "the session has ended"}'], 'channels of an ended session are told why they end'
);
select is(
    (select count(*) from wedsync_data.subscriptions as s where s.user_id = tap.id('emma') and s.collaboration_session is null and s.group_id is not null),
    3::bigint, 'those of a signed token go on'
);
select wedsync_internal.regroup_subscriptions(array[tap.couple('emma')], null);
select is(pg_temp.open('emma'), 0::bigint, 'a change of rights in the same transaction does not bring them back');
-- the wedding goes
select tap.call('emma', format('select wedsync.join_session(%L)', tap.couple('emma')));
delete from wedsync_data.weddings where id = tap.couple('emma');
select is(
    (select count(*) from wedsync_data.collaboration_sessions as s where s.user_id = tap.id('emma') and s.couple_id <> tap.couple('olivia')), 0::bigint,
    'sessions go with the wedding'
);
select * from finish();
rollback;

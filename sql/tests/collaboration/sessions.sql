-- proves: F003-07, F003-55, F004-53, F004-89, C-52, C-70
-- Joining a session: who may, what the answer holds, the next token, the end, and what goes by itself.
begin;
select plan(102);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('frank', 'friend'), ('gone', 'family')) as m (name, role);
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('gone')));
select tap.supplier('chef', 'emma', '{basic,guest_numbers}', '{wedding.guestCount.adults}');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id('sam'), 'staff'), 'service_role');
select tap.supplier('baker');
select tap.supplier('late', 'emma', '{basic}');
update wedsync_data.grants set valid_until = now() - interval '1 minute', valid_from = now() - interval '2 minutes' where grantee_id = tap.firm('late');
create function pg_temp.enter(who text, partner text default 'emma') returns jsonb language sql
as $$ select tap.call(who, format('select wedsync.join_session(%L)', tap.couple(partner)))::jsonb $$;
create function pg_temp.again(who text, session uuid) returns text language sql
as $$ select coalesce(tap.error(who, format('select wedsync.refresh_session(%L)', session)) ->> 'sqlstate', 'passes') $$;
create function pg_temp.claims(token text) returns jsonb language sql
as $$ select wedsync_internal.session_claims(sha256(convert_to(token, 'UTF8'))) $$;

-- who may
select is(
    coalesce(tap.error(w.who, format('select wedsync.join_session(%L)', tap.couple('emma')), w.role) ->> 'sqlstate', 'passes'), w.state, coalesce(w.who, w.role)
) from (values
    ('emma', 'authenticated', 'passes'), ('paula', 'authenticated', 'passes'), ('frank', 'authenticated', 'passes'), ('chef', 'authenticated', 'passes'),
    ('sam', 'authenticated', 'passes'),
    ('gone', 'authenticated', 'PT404'), ('olivia', 'authenticated', 'PT404'), ('baker', 'authenticated', 'PT404'), ('late', 'authenticated', 'PT404'),
    (null, 'authenticated', '42501'), (null, 'anon', '42501'), (null, 'service_role', '42501')
) as w (who, role, state);
select is(tap.error('emma', format('select wedsync.join_session(%L)', w.id)) ->> 'sqlstate', w.state, w.what)
from (values (null, '22023', 'no wedding is named'), (gen_random_uuid(), 'PT404', 'there is no such wedding')) as w (id, state, what);
select is(
    (select count(*) from wedsync_data.collaboration_sessions as s where s.user_id in (tap.id('gone'), tap.id('olivia'), tap.id('baker'), tap.id('late'))),
    0::bigint, 'a refusal leaves nothing'
);
delete from wedsync_data.collaboration_sessions;

-- what it answers
create temporary table answers as select w.who, pg_temp.enter(w.who) as a from (values ('emma'), ('paula'), ('frank'), ('chef')) as w (who);
select is(
    (select array_agg(k order by k) from jsonb_object_keys((select a from answers where who = 'emma')) as k),
    '{expires_at,permissions,session,token,websocket_url}'::text[], 'the parts of the source, and when the token ends'
);
select is(
    a -> 'session',
    (
        select to_jsonb(s)
        from (
            select s.id, s.couple_id, s.created_at, s.valid_until from wedsync_data.collaboration_sessions as s where s.id = (a #>> '{session,id}')::uuid
        ) as s
    ), who || ': the session'
) from answers;
select is((a #>> '{session,valid_until}')::timestamptz, now() + interval '7 days', who || ': for a week') from answers;
select is((a ->> 'expires_at')::timestamptz, now() + interval '10 minutes', who || ': the token for ten minutes') from answers;
select ok(a ->> 'token' ~ '^wst_[0-9a-f]{64}$', who || ': an opaque token') from answers;
select is((select count(distinct a ->> 'token') from answers), 4::bigint, 'each its own');
select is((select count(*) from wedsync_data.session_tokens as t join wedsync_data.collaboration_sessions as s on s.id = t.session_id
    cross join answers as n
    where strpos(concat(t.*, s.*, encode(t.token_hash, 'escape')), substr(n.a ->> 'token', 5)) > 0), 0::bigint, 'which is kept as a hash only');
select is(a -> 'websocket_url', 'null', 'no address until an administrator tells it') from answers where who = 'emma';
update wedsync_data.settings set value = '"wss://live.example.org/realtime/v1"' where name = 'websocket_url';
select is(pg_temp.enter('emma') ->> 'websocket_url', 'wss://live.example.org/realtime/v1', 'then the address');
select throws_ok(format('update wedsync_data.settings set value = %L where name = %L', w.value, w.name), '23514', null, w.name || ' is never ' || w.value)
from (
    values ('websocket_url', '5'), ('websocket_url', '"https://live.example.org"'), ('websocket_url', '"wss://a b"'), ('session_days', '"soon"'),
        ('session_days', 'null'), ('session_days', '-1')
) as w (name, value);

-- what the caller may do
select is(a #>> '{permissions,role}', w.role, w.who || ' is told in what capacity') from answers
join (values ('emma', 'partner'), ('paula', 'planner'), ('frank', 'friend'), ('chef', 'supplier')) as w (who, role) using (who);
select is(a #> '{permissions,channels}', jsonb_build_array(
    jsonb_build_object('topic', 'core_fields_' || tap.couple('emma'), 'can_broadcast', false, 'can_presence', true),
    jsonb_build_object('topic', 'presence_' || tap.couple('emma'), 'can_broadcast', true, 'can_presence', true),
    jsonb_build_object('topic', 'wedding:' || tap.couple('emma'), 'can_broadcast', true, 'can_presence', true)
), who || ': the channels') from answers;
select is(tap.answer(tap.join('chef', c.v ->> 'topic')), 'ok', 'what is listed can be joined')
from jsonb_array_elements((select a #> '{permissions,channels}' from answers where who = 'chef')) as c (v);
select set_eq(format('select jsonb_array_elements_text(%L)', a #> '{permissions,readable_fields}'),
    (
        select array(
            select f.path
            from wedsync_data.field_catalog as f
            join wedsync_data.record_catalog as c on c.record_name = f.table_name
            join wedsync_data.reach as r on r.couple_id = tap.couple('emma') and r.user_id = tap.id(n.who)
            -- rows have no withheld_fields
            where get_bit(r.readable, f.right_no) = 1 or c.shape in ('document', 'list')
            except select jsonb_array_elements_text(
                tap.call(n.who, format('select to_jsonb(withheld_fields) from wedsync.core_fields where couple_id = %L', tap.couple('emma')))::jsonb
            )
        )
    ),
    who || ': reads what the view shows') from answers as n;
select is(a #> '{permissions,writable_fields}', '["wedding.guestCount.adults"]', 'the caterer writes what was granted') from answers where who = 'chef';
select is(a #> '{permissions,writable_groups}', jsonb_build_array(c.field_group), 'named by its group, too') from answers, wedsync.field_catalog as c
where who = 'chef' and c.path = 'wedding.guestCount.adults';
select ok(
    not (a #> '{permissions,readable_groups}')::text ~ 'budget|private' and not (a -> 'permissions')::text ~ 'budget\.|private\.',
    'nothing of the budget is named to a supplier'
) from answers where who = 'chef';
select ok((a #> '{permissions,readable_groups}') ? 'budget', 'control: the couple reads it') from answers where who = 'emma';
select is(a #> '{permissions,writable_fields}', '[]', 'a friend writes nothing') from answers where who = 'frank';

update wedsync_data.connections set auto_sync_enabled = false where supplier_id = tap.firm('chef');
select is(pg_temp.enter('sam') #> '{permissions,channels}', '[]', 'a supplier for which automatic sync is off has no channels');
update wedsync_data.connections set auto_sync_enabled = true where supplier_id = tap.firm('chef');

-- the token
select is(
    pg_temp.claims(a ->> 'token') #- '{claims,exp}',
    jsonb_build_object('ok', true, 'claims', jsonb_build_object('sub', tap.id(who), 'role', 'authenticated', 'wedsync_session', a #> '{session,id}')),
    who || ': stands for its person'
) from answers;
select is(
    pg_temp.claims(t.token) ->> 'reason', 'the session token is unknown or its session has ended: get a new one with join_session', 'others stand for nobody'
) from (values ('wst_' || repeat('0', 64)), ('')) as t (token);

-- the next one
create temporary table following as select tap.call('emma', format('select wedsync.refresh_session(%L)', a #>> '{session,id}'))::jsonb as a from answers
where who = 'emma';
select isnt(f.a -> 'token', n.a -> 'token', 'a new token') from following as f, answers as n where n.who = 'emma';
select is(f.a #- '{token}' #- '{websocket_url}', n.a #- '{token}' #- '{websocket_url}', 'of the same session') from following as f, answers as n
where n.who = 'emma';
select is(pg_temp.claims(t.token) -> 'ok', 'true', 'both are valid')
from (select a ->> 'token' from following union all select a ->> 'token' from answers where who = 'emma') as t (token);
select is(
    pg_temp.again(w.who, (select (a #>> '{session,id}')::uuid from answers where who = 'emma')), 'PT404',
    w.who || ' cannot go on with a session of somebody else'
) from (values ('chef'), ('olivia')) as w (who);
select is(
    tap.error(w.who, format('select wedsync.end_session(%L)', (select a #>> '{session,id}' from answers where answers.who = 'emma'))) ->> 'sqlstate', 'PT404',
    w.who || ' cannot end it'
) from (values ('paula'), ('olivia')) as w (who);
select is(pg_temp.again('emma', gen_random_uuid()), 'PT404', 'nor anybody one that is not there');
select is((select count(*) from tap.rows('chef', 'select * from wedsync.collaboration_sessions')), 1::bigint, 'each sees the own sessions only');

-- time
update wedsync_data.session_tokens as t set valid_until = now() from wedsync_data.collaboration_sessions as s
where s.id = t.session_id and s.user_id = tap.id('paula');
select is(pg_temp.claims(a ->> 'token') ->> 'reason', 'the token has expired', 'a token runs out') from answers where who = 'paula';
select is(pg_temp.again('paula', (a #>> '{session,id}')::uuid), 'passes', 'its session goes on') from answers where who = 'paula';
update wedsync_data.collaboration_sessions set valid_until = now() + interval '1 minute' where user_id = tap.id('paula');
select is(
    (tap.call('paula', format('select wedsync.refresh_session(%L) -> ''expires_at''', a #>> '{session,id}'))::jsonb #>> '{}')::timestamptz,
    now() + interval '1 minute', 'no token outlives it'
) from answers where who = 'paula';
update wedsync_data.collaboration_sessions set valid_until = now() where user_id = tap.id('paula');
select is(pg_temp.again('paula', (a #>> '{session,id}')::uuid), 'PT409', 'until a week is over') from answers where who = 'paula';

-- the end
select tap.call('emma', format('select wedsync.end_session(%L)', a #>> '{session,id}')) from answers where who = 'emma';
select is(pg_temp.claims(t.token) -> 'ok', 'false', 'ends its tokens')
from (select a ->> 'token' from following union all select a ->> 'token' from answers where who = 'emma') as t (token);
select is(pg_temp.again('emma', (a #>> '{session,id}')::uuid), 'PT409', 'and gives no others') from answers where who = 'emma';
select is(
    coalesce(tap.error('emma', format('select wedsync.end_session(%L)', a #>> '{session,id}')) ->> 'sqlstate', 'passes'), 'passes',
    'to end it twice is no error'
) from answers where who = 'emma';
select is(tap.call('emma', format('select is_active from wedsync.collaboration_sessions where id = %L', a #>> '{session,id}')), 'false', 'its owner sees that')
from answers where who = 'emma';

-- how many
update wedsync_data.settings set value = '3' where name = 'sessions_per_user';
update wedsync_data.collaboration_sessions set last_activity = now() - interval '1 hour' where user_id = tap.id('frank');
select pg_temp.enter('frank') from generate_series(1, 2);
select is(pg_temp.claims(a ->> 'token') -> 'ok', 'true', 'as many sessions as the setting allows go on') from answers where who = 'frank';
select is(s.last_activity, now(), 'using a token is activity') from wedsync_data.collaboration_sessions as s
join answers as n on s.id = (n.a #>> '{session,id}')::uuid where n.who = 'frank';
update wedsync_data.collaboration_sessions as s set last_activity = now() - interval '1 hour' from answers as n
where n.who = 'frank' and s.id = (n.a #>> '{session,id}')::uuid;
select pg_temp.enter('frank');
select is(pg_temp.claims(a ->> 'token') -> 'ok', 'false', 'one more ends the one that was idle longest') from answers where who = 'frank';
select is((select count(*) from wedsync_data.collaboration_sessions as s where s.user_id = tap.id('frank') and s.ended_at is null), 3::bigint, 'and no other');
update wedsync_data.rate_limits set max_requests = 2 where endpoint = 'session-join';
delete from wedsync_data.rate_usage;
select pg_temp.enter('frank') from generate_series(1, 2);
select is(tap.error('frank', format('select wedsync.join_session(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PGRST', 'joins are limited');
select is(
    pg_temp.again('frank', (select s.id from wedsync_data.collaboration_sessions as s where s.user_id = tap.id('frank') and s.ended_at is null limit 1)),
    'PGRST', 'together with refreshes'
);

-- the job
update wedsync_data.session_tokens set valid_until = now() + interval '1 hour';
select is(wedsync_internal.run_job('cleanup_sessions'), 0, 'nothing goes too early');
update wedsync_data.session_tokens set valid_until = now() - interval '61 minutes'
where session_id = (select (a #>> '{session,id}')::uuid from answers where who = 'chef');
select is(wedsync_internal.run_job('cleanup_sessions'), 1, 'tokens go an hour after they ran out');
update wedsync_data.collaboration_sessions set ended_at = now() - interval '25 hours' where user_id = tap.id('emma');
select cmp_ok(wedsync_internal.run_job('cleanup_sessions'), '>=', 2, 'sessions a day after their end');
select is((select count(*) from wedsync_data.collaboration_sessions as s where s.user_id = tap.id('emma')), 0::bigint, 'all of hers');
-- who reads the tables
select is(tap.error(w.who, format('select * from wedsync_data.%I', w.name), w.role) ->> 'sqlstate', '42501', w.role || ' does not read ' || w.name)
from (
    values ('emma', 'authenticated', 'session_tokens'), ('emma', 'authenticated', 'collaboration_sessions'), (null, 'service_role', 'session_tokens'),
        (null, 'wedsync_admin', 'session_tokens')
) as w (who, role, name);
select * from finish();
rollback;

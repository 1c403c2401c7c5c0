-- proves: F003-10, F004-06, F004-23, F004-24, F004-26, F004-28, F004-29, F004-30, F004-31, F004-32, F004-33, F004-34, F004-35, C-58
-- touch_presence, user_presence, active_users and detect_idle: one row for each person, leases that end, rights of the wedding.
begin;
select plan(88);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.touch(who text, meta jsonb default '{}', partner text default 'emma') returns text language sql
as $$ select tap.call(who, format('select wedsync.touch_presence(%L, %L)', tap.couple(partner), meta)) $$;
create function pg_temp.touch_state(
    who text, meta jsonb default '{}', partner text default 'emma', role_name text default 'authenticated'
) returns text language sql
as $$ select coalesce(tap.error(who, format('select wedsync.touch_presence(%L, %L)', tap.couple(partner), meta), role_name) ->> 'sqlstate', 'passes') $$;
create function pg_temp.version() returns bigint language sql as $$
    select (wedsync_internal.presence_state('presence_' || tap.couple('emma')) ->> 'version')::bigint
$$;
-- who may
select is(pg_temp.touch_state(w.who, role_name => w.role), w.state, format('%s as %s', coalesce(w.who, 'nobody'), w.role)) from (values
    ('emma', 'authenticated', 'passes'), ('paula', 'authenticated', 'passes'), ('fred', 'authenticated', 'passes'), ('frank', 'authenticated', 'passes'),
    ('chef', 'authenticated', 'passes'), ('olivia', 'authenticated', 'PT404'), ('stranger', 'authenticated', 'PT404'), (null, 'anon', '42501'),
    (null, 'authenticated', '42501'), (null, 'service_role', '42501')
) as w (who, role, state);
select is(pg_temp.touch_state('emma', m.v), m.state, 'meta ' || left(coalesce(m.v::text, 'sql null'), 30)) from (values
    (null::jsonb, '22023'), ('null', '22023'), ('[]', '22023'), ('"x"', '22023'), ('1', '22023'), (jsonb_build_object('x', repeat('y', 4000)), 'PT413'),
    ((repeat('{"a":', 1000) || '1' || repeat('}', 1000))::jsonb, '22023'),
    ('{"status": {"a": 1}, "is_typing": "maybe", "current_section": [1], "cursor_position": "x", "availability": null}', 'passes'),
    ('{"status": "asleep"}', 'passes'), ('{"phx_ref": "forged"}', 'passes'), (E'{"\\u0001": "💒"}', 'passes')
) as m (v, state);
select is(tap.error('emma', 'select wedsync.touch_presence(null)') ->> 'sqlstate', '22023', 'a wedding is needed');
select is(
    (select r ->> 'status' from tap.rows('emma', 'select * from wedsync.user_presence') as r where r ->> 'user_id' = tap.id('emma')::text), 'online',
    'an unknown status is online'
);
select is(wedsync_internal.presence_state('presence_' || tap.couple('emma'))::text like '%"phx_ref": "forged"%', false, 'a reference is not forged');

-- one lease
select pg_temp.touch(
    'emma',
    '{"status": "busy", "current_section": "seating", "active_document": "plan", "cursor_position": {"x": 1}, "is_typing": true, "current_task": "tables", '
    '"availability": [["09:00", "17:00"]]}'
);
select is((
    select r - '{couple_id,user_id,last_activity,display_name}'::text[] from tap.rows('chef', 'select * from wedsync.user_presence') as r
    where r ->> 'user_id' = tap.id('emma')::text
),
    '{"wedding_role": "partner", "status": "busy", "current_section": "seating", "active_document": "plan", "cursor_position": {"x": 1}, "is_typing": true, '
    '"current_task": "tables", "availability": [["09:00", "17:00"]], "devices": 1}',
    'all that the person said');
select is(
    (select array_agg(r ->> 'wedding_role' order by r ->> 'wedding_role') from tap.rows('emma', 'select * from wedsync.user_presence') as r),
    '{family,friend,partner,planner,vendor}'::text[], 'with the role at the wedding'
);
-- the role is the membership's, whatever the person says
select pg_temp.touch('frank', '{"wedding_role": "planner", "role": "planner"}');
create function pg_temp.role_of(who text) returns text language sql as $$
    select r ->> 'wedding_role' from tap.rows('emma', 'select * from wedsync.user_presence') as r where r ->> 'user_id' = tap.id(who)::text
$$;
select is(pg_temp.role_of('frank'), 'friend', 'and not with one that somebody claims');
update wedsync_data.wedding_members set wedding_role = 'family' where user_id = tap.id('frank');
select is(pg_temp.role_of('frank'), 'family', 'it changes with the membership');
update wedsync_data.wedding_members set wedding_role = 'friend' where user_id = tap.id('frank');
-- signs of activity
create function pg_temp.active_at(who text) returns timestamptz language sql as $$
    select (r ->> 'last_activity')::timestamptz from tap.rows('chef', 'select * from wedsync.user_presence') as r where r ->> 'user_id' = tap.id(who)::text
$$;
update wedsync_data.presence_entries set last_activity = now() - interval '3 minutes' where user_id = tap.id('emma');
select is(pg_temp.active_at('emma'), now() - interval '3 minutes', 'others see when somebody was last active');
create temporary table v on commit drop as select pg_temp.version() as n;
select is((pg_temp.touch('emma')::jsonb ->> 'lease_until')::timestamptz, now() + interval '60 seconds', 'an empty touch renews the lease');
select is(pg_temp.active_at('emma'), now(), 'and is activity');
select is(pg_temp.version(), (select n from v), 'and is no change');
select pg_temp.touch('emma', '{"status": "away"}');
select is(pg_temp.version(), (select n + 1 from v), 'another payload is one change');
update wedsync_data.settings set value = '10' where name = 'presence_lease_seconds';
select is((pg_temp.touch('emma')::jsonb ->> 'lease_until')::timestamptz, now() + interval '10 seconds', 'the setting decides how long');
update wedsync_data.presence_entries set lease_until = now() - interval '1 second' where user_id = tap.id('fred');
select is(
    (select count(*) from tap.rows('emma', 'select * from wedsync.user_presence') as r where r ->> 'user_id' = tap.id('fred')::text), 0::bigint,
    'whose lease has ended is gone at once'
);
select is(
    wedsync_internal.presence_state('presence_' || tap.couple('emma')) #> array['state', tap.id('fred')::text], null, 'from the state of the channel as well'
);
select is(wedsync_internal.sweep_presence(), 1, 'and the sweep tells everybody');
select is(wedsync_internal.sweep_presence(), 0, 'once');
select isnt(pg_temp.touch('fred'), null, 'and comes back');

-- several devices are one person: the busiest status, the latest place
delete from wedsync_data.presence_entries;
create temporary table seats on commit drop as
select w.device, tap.subscription(tap.join('emma', 'presence_' || tap.couple('emma'), '{}', w.device)) as id from (values ('phone'), ('laptop')) as w (device);
select wedsync_internal.presence_apply(tap.node(), jsonb_build_array(
    jsonb_build_object('op', 'track', 'subscription_id', s.id, 'key', 'emma', 'topic', 'x', 'meta', case s.device
        when 'phone' then '{"status": "away", "current_section": "home", "current_task": "call the florist", "availability": [["09:00", "12:00"]]}'::jsonb
        else '{"status": "online", "current_section": "budget", "is_typing": true, "current_task": "count chairs", "availability": [["14:00", "18:00"]]}' end)
)) from seats as s;
update wedsync_data.presence_entries set last_activity = now() - interval '1 minute' where meta ->> 'current_section' = 'home';
create function pg_temp.emma() returns jsonb language sql as $$
    select r from tap.rows('emma', 'select * from wedsync.user_presence') as r where r ->> 'user_id' = tap.id('emma')::text
$$;
select is(
    pg_temp.emma() ->> 'devices' || ' ' || (pg_temp.emma() ->> 'status') || ' ' || (pg_temp.emma() ->> 'current_section') || ' '
        || (pg_temp.emma() ->> 'is_typing'), '2 online budget true', 'merged'
);
select is(
    jsonb_build_array(pg_temp.emma() -> 'current_task', pg_temp.emma() -> 'availability'), '["count chairs", [["14:00", "18:00"]]]',
    'with the task and the times said last'
);
select is((pg_temp.emma() ->> 'last_activity')::timestamptz, now(), 'and the activity of the latest');
select pg_temp.touch('emma', '{"status": "busy"}');
select is(pg_temp.emma() ->> 'devices' || ' ' || (pg_temp.emma() ->> 'status'), '3 busy', 'the busiest counts');
update wedsync_data.presence_entries set last_activity = now() - interval '11 seconds' where meta ->> 'current_section' = 'budget';
select is(pg_temp.emma() ->> 'is_typing', 'false', 'typing ends by itself after ten seconds');
delete from wedsync_data.presence_entries where status = 'busy';
update wedsync_data.presence_entries set last_activity = now() - interval '6 minutes';
select is(pg_temp.emma() ->> 'status', 'away', 'online without activity for five minutes is away');
update wedsync_data.presence_entries set status = 'offline', meta = meta || '{"status": "offline"}';
select is(pg_temp.emma() ->> 'status', 'offline', 'who says offline is');
select is(
    (select count(*) from tap.rows('emma', format('select * from wedsync.active_users(%L)', tap.couple('emma')))), 0::bigint, 'and is not among the active'
);

-- idle
delete from wedsync_data.presence_entries;
select pg_temp.touch(w.who, w.meta)
from (values ('emma', '{"current_section": "a"}'::jsonb), ('paula', '{"status": "busy"}'), ('fred', '{}'), ('chef', '{}')) as w (who, meta);
update wedsync_data.presence_entries set last_activity = now() - case user_id when tap.id('fred') then interval '1 minute' else interval '10 minutes' end;
create temporary table w on commit drop as select pg_temp.version() as n;
select is(
    (select array_agg(r ->> 'u' order by r ->> 'u') from tap.rows('emma', format('select wedsync.detect_idle(%L) as u', tap.couple('emma'))) as r),
    (select array_agg(tap.id(i.name)::text order by tap.id(i.name)::text) from (values ('emma'), ('chef')) as i (name)),
    'who did nothing for five minutes and is not busy'
);
select is(pg_temp.version(), (select n + 2 from w), 'their channels are told, once for each');
select is(
    (select array_agg(r ->> 'status' order by r ->> 'wedding_role') from tap.rows('emma', 'select * from wedsync.user_presence') as r),
    '{online,away,busy,away}'::text[], 'they are away'
);
select is(
    (select e.meta from wedsync_data.presence_entries as e where e.user_id = tap.id('emma')), '{"status": "away", "current_section": "a"}',
    'as their payload says'
);
select is((select count(*) from tap.rows('emma', format('select wedsync.detect_idle(%L) as u', tap.couple('emma')))), 0::bigint, 'once');
create temporary table active on commit drop as select (select count(*) from wedsync_data.presence_entries as e where e.status = 'online') as n,
pg_temp.version() as version;
select is(
    tap.error(w.who, format('select wedsync.detect_idle(%L, %L)', tap.couple('emma'), t.threshold)) ->> 'sqlstate', '22023',
    format('%s calls nobody away after %s', w.who, t.threshold)
)
from (values ('emma'), ('paula'), ('chef')) as w (who), (values ('0'), ('30 seconds'), ('299 seconds')) as t (threshold);
select is(
    tap.error('emma', format('select wedsync.detect_idle(%L, ''1 minute'')', tap.couple('emma'))) -> 'detail',
    '{"parameter": "threshold", "rule": "at least presence_idle_seconds", "presence_idle_seconds": 300}', 'and is told the shortest'
);
select is((select count(*) from wedsync_data.presence_entries as e where e.status = 'online'), (select a.n from active as a), 'nobody was');
select is(pg_temp.version(), (select a.version from active as a), 'and no channel heard of it');
select is(
    (select count(*) from tap.rows('emma', format('select wedsync.detect_idle(%L, ''5 minutes'') as u', tap.couple('emma')))), 0::bigint,
    'the setting itself will do'
);
update wedsync_data.settings set value = '20' where name = 'presence_idle_seconds';
select is(
    (select count(*) from tap.rows('emma', format('select wedsync.detect_idle(%L, ''30 seconds'') as u', tap.couple('emma')))), 1::bigint,
    'and decides what counts: fred was idle for a minute'
);
update wedsync_data.settings set value = '300' where name = 'presence_idle_seconds';
select pg_temp.touch('fred', '{"status": "online"}');
update wedsync_data.presence_entries set last_activity = now() - interval '1 second' where user_id = tap.id('fred');
select is(
    (select count(*) from tap.rows(null, format('select wedsync.detect_idle(%L, ''0'') as u', tap.couple('emma')), 'service_role')), 1::bigint,
    'a server may name any threshold'
);
select is(
    tap.error(d.who, format('select wedsync.detect_idle(%s, %s)', d.couple, d.threshold), d.role) ->> 'sqlstate', d.state,
    format('%s: %s', coalesce(d.who, d.role), d.threshold)
) from (values
    ('emma', 'authenticated', quote_literal(tap.couple('emma')), '''-1 second''', '22023'),
    ('olivia', 'authenticated', quote_literal(tap.couple('emma')), 'null', 'PT404'), ('emma', 'authenticated', 'null', 'null', '22023'),
    (null, 'anon', quote_literal(tap.couple('emma')), 'null', '42501'),
    (null, 'authenticated', quote_literal(tap.couple('emma')), 'null', '42501'), (null, 'service_role', quote_literal(tap.couple('emma')), 'null', null),
    ('emma', 'authenticated', quote_literal(tap.couple('emma')), '''178000000 years''', '22023'),
    ('emma', 'authenticated', quote_literal(tap.couple('emma')), '''1 year''', null)
) as d (who, role, couple, threshold, state);

-- who sees whom
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.user_presence')), w.n, w.who || ' sees')
from (values ('emma', 4::bigint), ('frank', 4), ('chef', 4), ('olivia', 0), ('stranger', 0)) as w (who, n);
select is((select count(*) from tap.rows(w.who, format('select * from wedsync.active_users(%L)', tap.couple('emma')))), w.n, w.who || ' sees the active')
from (values ('emma', 4::bigint), ('olivia', 0)) as w (who, n);
select is(tap.error(null, format('select * from wedsync.active_users(%L)', tap.couple('emma')), r.role) ->> 'sqlstate', r.state, r.role)
from (values ('anon', '42501'), ('authenticated', '42501'), ('service_role', null)) as r (role, state);
select is(tap.error('emma', 'select * from wedsync.active_users(null)') ->> 'sqlstate', '22023', 'a wedding is asked for');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.touch_state('chef'), 'PT404', 'a revoked supplier is present no more');
select is((select count(*) from tap.rows('chef', 'select * from wedsync.user_presence')), 0::bigint, 'and sees nobody');
select * from finish();
rollback;

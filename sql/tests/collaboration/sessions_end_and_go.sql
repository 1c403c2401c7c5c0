-- proves: F003-55, F004-89
-- Ending sessions ends their tokens and channels and no others; what has ended is removed after a day, tokens after an hour.
begin;
select plan(14);
select tap.wedding('emma');
create function pg_temp.session(
    name text, ended interval default null, valid interval default '7 days', token_valid interval default '10 minutes'
) returns uuid language sql as $$
    insert into wedsync_data.collaboration_sessions (id, couple_id, user_id, valid_until, ended_at)
    values (tap.id(name), tap.couple('emma'), tap.id('emma'), now() + valid, now() + ended);
    insert into wedsync_data.session_tokens (couple_id, token_hash, session_id, valid_until)
    values (tap.couple('emma'), sha256(name::bytea), tap.id(name), now() + token_valid);
    select tap.id(name)
$$;
create function pg_temp.sessions() returns text[] language sql as $$
    select array_agg(n.name order by n.name) from wedsync_data.collaboration_sessions as s
    join (values ('one'), ('two'), ('three'), ('long ended'), ('just ended'), ('long over'), ('just over')) as n (name) on s.id = tap.id(n.name)
$$;
select pg_temp.session('one'), pg_temp.session('two'), pg_temp.session('three', ended => '-1 hour');
create temporary table channels on commit drop as select n.name, tap.subscription(tap.join('emma', 'core_fields_' || tap.couple('emma'), '{}', n.name)) as id
from (values ('one'), ('two')) as n (name);
update wedsync_data.subscriptions as s set collaboration_session = tap.id(c.name) from channels as c where c.id = s.id;
select tap.forget();
select is(wedsync_internal.close_sessions(array[tap.id('one'), tap.id('three'), tap.id('none')]), 1, 'as many as went on until now');
select is((select s.ended_at from wedsync_data.collaboration_sessions as s where s.id = tap.id('one')), now(), 'one ends now');
select is(
    (select s.ended_at from wedsync_data.collaboration_sessions as s where s.id = tap.id('three')), now() - interval '1 hour', 'what ended before ended then'
);
select is((select s.ended_at from wedsync_data.collaboration_sessions as s where s.id = tap.id('two')), null, 'others go on');
select is(array(select t.session_id from wedsync_data.session_tokens as t), array[tap.id('two')], 'tokens go with their session');
select is(
    (select array_agg(s.group_id is not null order by s.session) from wedsync_data.subscriptions as s where s.user_id = tap.id('emma')), '{f,t}'::boolean[],
    'and so do channels'
);
select is(
    (select s.moved_reason from wedsync_data.subscriptions as s where s.collaboration_session = tap.id('one')), 'the session has ended', 'which are told why'
);
select is((select s.moved_xid from wedsync_data.subscriptions as s where s.collaboration_session = tap.id('one')), pg_current_xact_id(), 'at the next look');
select is(wedsync_internal.close_sessions(array[tap.id('one')]), 0, 'once');
select is(wedsync_internal.close_sessions('{}'), 0, 'none is none');
-- what is removed
select pg_temp.session('long ended', ended => '-25 hours'), pg_temp.session('just ended', ended => '-23 hours'),
    pg_temp.session('long over', valid => '-25 hours'), pg_temp.session('just over', valid => '-23 hours');
update wedsync_data.session_tokens set valid_until = now() - interval '59 minutes' where session_id = tap.id('two');
select is(wedsync_internal.cleanup_sessions(), 2, 'sessions that ended, or could not be renewed, for a day');
select is(pg_temp.sessions(), '{"just ended","just over",one,three,two}'::text[], 'and no others');
select is((select count(*) from wedsync_data.session_tokens as t where t.session_id = tap.id('two')), 1::bigint, 'a token stays for an hour after its end');
update wedsync_data.session_tokens set valid_until = now() - interval '61 minutes' where session_id = tap.id('two');
select is(wedsync_internal.cleanup_sessions(), 1, 'and no longer');
select * from finish();
rollback;

-- proves: C-70
-- A session token opens nothing from the moment its person has lost the wedding, before the session itself has been closed.
begin;
select plan(7);
select tap.wedding('emma');
select tap.admit('emma', 'paula', 'planner');
select tap.supplier('chef', 'emma', '{basic}');
create temporary table token on commit drop as select w.who,
tap.call(w.who, format('select wedsync.join_session(%L) ->> ''token''', tap.couple('emma'))) as token from (values ('paula'), ('chef'), ('emma')) as w (who);
create function pg_temp.opens(person text) returns text language sql as $$
    select wedsync_internal.session_claims(sha256(t.token::bytea)) ->> 'ok' from token as t where t.who = person
$$;
select is(pg_temp.opens(t.who), 'true', t.who || ' comes in') from token as t;
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('paula')));
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
-- sessions are closed at the commit: here they are open still
select is(
    (select count(*) from wedsync_data.collaboration_sessions as s where s.ended_at is null), 3::bigint, 'control: the sessions have not been closed yet'
);
select is(pg_temp.opens(t.who), 'false', t.who || ' does not come in any more') from token as t where t.who <> 'emma';
select is(pg_temp.opens('emma'), 'true', 'who stays does');
select * from finish();
rollback;

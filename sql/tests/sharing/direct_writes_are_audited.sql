-- proves: F000-24, F000-35, F003-61
-- Grants and memberships written without the API, as by an administrator, are audited and announced; the API's own are not recorded twice.
begin;
select plan(9);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
create temporary table before on commit drop as select (tap.state('emma') -> 'clock' ->> 'seq')::bigint as seq;
create function pg_temp.last() returns text language sql stable as $$
    select concat_ws(' ', l.change_type, l.actor_type, l.path, l.old_value, l.new_value) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma')
    order by l.id desc limit 1 $$;

select tap.run(
    'ada',
    format('insert into wedsync_data.wedding_members (couple_id, user_id, wedding_role) values (%L, %L, ''planner'')', tap.couple('emma'), tap.id('paula')),
    'wedsync_admin'
);
select is(pg_temp.last(), format('create admin members/%s {"wedding_role": "planner"}', tap.id('paula')), 'a membership inserted');
select tap.run('ada', format('update wedsync_data.wedding_members set wedding_role = ''family'' where user_id = %L', tap.id('paula')), 'wedsync_admin');
select is(pg_temp.last(), format('update admin members/%s {"wedding_role": "planner"} {"wedding_role": "family"}', tap.id('paula')), 'changed');
select tap.run('ada', format('delete from wedsync_data.wedding_members where user_id = %L', tap.id('paula')), 'wedsync_admin');
select is(pg_temp.last(), format('delete admin members/%s {"wedding_role": "family"}', tap.id('paula')), 'deleted');
select tap.run('ada', format('update wedsync_data.grants set state = ''revoked'' where grantee_id = %L', tap.firm('chef')), 'wedsync_admin');
select ok(pg_temp.last() ~ format('^update admin grants/%s .*"state": "approved".*"state": "revoked"', tap.firm('chef')), 'a grant changed');
select is((select l.actor_id from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') order by l.id desc limit 1), tap.id('ada'), 'by whom');
select is((tap.state('emma') -> 'clock' ->> 'seq')::bigint - seq, 4::bigint, 'one event each') from before;
select is(
    (
        select count(*) from wedsync_data.events as e
        where e.couple_id = tap.couple('emma') and e.event_type = 'access_changed' and e.seq > (select seq from before)
    ), 4::bigint, 'that those who manage sharing hear'
);

update before set seq = (tap.state('emma') -> 'clock' ->> 'seq')::bigint;
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic,timeline}'')', tap.couple('emma'), tap.firm('chef')));
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''family'')', tap.couple('emma'), tap.id('fred')), 'service_role');
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget}'')', tap.couple('emma'), tap.id('fred')));
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select is((tap.state('emma') -> 'clock' ->> 'seq')::bigint - seq, 4::bigint, 'control: calls of the API are recorded once each') from before;
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
select * from finish();
rollback;

-- Grants of a member end with the membership, whoever ends it and how.
begin;
select plan(12);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.admit('emma', m.who, 'planner') from (values ('removed'), ('leaves'), ('deleted'), ('moved'), ('handed over'), ('stays')) as m (who);
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget}'')', tap.couple('emma'), tap.id(m.who)))
from (values ('removed'), ('leaves'), ('deleted'), ('moved'), ('handed over'), ('stays')) as m (who);
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('removed')));
select tap.call('leaves', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('leaves')));
delete from wedsync_data.wedding_members as m where m.user_id = tap.id('deleted');
update wedsync_data.wedding_members as m set couple_id = tap.couple('olivia') where m.user_id = tap.id('moved');
update wedsync_data.wedding_members as m set user_id = tap.id('heir') where m.user_id = tap.id('handed over');
update wedsync_data.wedding_members as m set wedding_role = 'family' where m.user_id = tap.id('stays');
select is((select array_agg(distinct g.state) from wedsync_data.grants as g where g.grantee_id = tap.id(m.who)), '{revoked}'::text[], m.who)
from (values ('removed'), ('leaves'), ('deleted'), ('moved'), ('handed over')) as m (who);
select is(
    (select array_agg(distinct g.state) from wedsync_data.grants as g where g.grantee_id = tap.id('stays')), '{approved}'::text[],
    'a change of the role is no leaving'
);
select is(
    (select count(*) from tap.rows(m.who, format('select * from wedsync_internal.caller_couple_ids() as c where %L = any (c)', tap.couple('emma')))), 0::bigint,
    m.who || ' is out'
) from (values ('removed'), ('leaves'), ('deleted'), ('moved'), ('handed over')) as m (who);
-- several at once
delete from wedsync_data.wedding_members as m where m.couple_id = tap.couple('emma') and m.wedding_role <> 'partner';
select is(
    (select count(*) from wedsync_data.grants as g where g.couple_id = tap.couple('emma') and g.state = 'approved'), 0::bigint, 'also of many in one statement'
);
select * from finish();
rollback;

-- Couples may give planners, relatives and friends more than their role has, budget included, and take it back.
begin;
select plan(22);
select tap.wedding('emma');
select tap.patch('emma', 'emma', '{"budget.total": 5000, "private.notes": "x"}');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
create function pg_temp.give(who text, fields text, writes text default '{}') returns jsonb language sql
as $$ select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, %L, %L)', tap.couple('emma'), tap.id(who), fields, writes))::jsonb $$;

select is(tap.call('paula', 'select budget_total from wedsync.core_fields'), null, 'a planner sees no budget by itself');
select is(pg_temp.give('paula', '{budget}') -> 'readable_fields', '["budget"]', 'the couple gives it');
select is(tap.call('paula', 'select budget_total from wedsync.core_fields'), '5000.00', 'then the planner sees it');
select is(tap.patch_error('paula', 'emma', '{"budget.total": 1}') ->> 'sqlstate', '42501', 'and may not write it');
select pg_temp.give('paula', '{}', '{budget.total}');
select is(tap.patch('paula', 'emma', '{"budget.total": 6000}') -> 'changed', '["budget.total"]', 'unless that is given');
select is(tap.call('paula', 'select partner1_name from wedsync.core_fields'), 'Emma', 'the role''s own rights stay');
select pg_temp.give('fred', '{people.familyVips}', '{family_vips}');
select isnt(
    tap.call('fred', format('select wedsync.add_list_element(%L, ''family_vips'', ''{"name": "Gran"}'')', tap.couple('emma'))), null,
    'family may look after family'
);
select is(
    pg_temp.give('paula', '{}'), '{"status": "revoked", "readable_fields": [], "writable_fields": [], "requested_fields": []}', 'empty lists take all back'
);
select is(tap.call('paula', 'select budget_total from wedsync.core_fields'), null, 'and it is gone');
select is(
    (select l.new_value -> 'readable_fields' from wedsync_data.audit_log as l where l.path = 'grants/' || tap.id('fred') order by l.id desc limit 1),
    '["family_vips", "people.familyVips"]', 'audited'
);
select is(tap.call('chef', 'select count(*) from wedsync.core_fields'), '0', 'control: others see nothing');

-- leaving takes the grants along
select pg_temp.give('paula', '{budget}');
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('paula')));
select is(tap.call('paula', 'select count(*) from wedsync.core_fields'), '0', 'a removed planner sees nothing');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, ''family'')', tap.couple('emma'), tap.id('paula')), 'service_role');
select is(tap.call('paula', 'select budget_total from wedsync.core_fields'), null, 'and does not find the budget again after coming back');
select pg_temp.give('paula', '{budget}');
select tap.run(null, format('delete from wedsync_data.wedding_members where user_id = %L', tap.id('paula')), 'wedsync_admin');
select is(tap.call('paula', 'select count(*) from wedsync.core_fields'), '0', 'nor when an administrator removed the membership directly');

create temporary table before on commit drop as select tap.state('emma') as state;
select is(tap.error(x.who, format(x.query, tap.couple('emma'), tap.id('fred'))) ->> 'sqlstate', x.state, x.who || ': ' || x.query) from (values
    ('fred', 'select wedsync.grant_member_access(%L, %L, ''{budget}'')', '42501'),
    ('stranger', 'select wedsync.grant_member_access(%L, %L, ''{budget}'')', 'PT404'),
    ('emma', 'select wedsync.grant_member_access(%L, gen_random_uuid(), ''{budget}'')', 'PT404'),
    ('emma', 'select wedsync.grant_member_access(%L, null, ''{budget}'')', '22023'),
    ('emma', 'select wedsync.grant_member_access(null, %2$L, ''{budget}'')', '22023'),
    ('emma', 'select wedsync.grant_member_access(%L, %L, ''{nope}'')', 'PT422'),
    ('emma', 'select wedsync.grant_member_access(%L, %L, ''{class:budget}'')', 'PT422')
) as x (who, query, state);
select is(tap.state('emma'), (select state from before), 'nothing was changed');
select * from finish();
rollback;

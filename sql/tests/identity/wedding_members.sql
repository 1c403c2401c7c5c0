-- proves: C-29, C-46, C-48, F000-39
-- Both partners own the record; members come by invitation and are changed and removed by partners, at most two partners, the last one stays.
begin;
select plan(44);
select tap.wedding('emma');
select tap.wedding('olivia');
create function pg_temp.add(who text, member text, role text) returns text language sql
as $$
    select coalesce(tap.error(who, format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(member), role)) ->> 'sqlstate', 'passes')
$$;
create function pg_temp.remove(who text, member text) returns text language sql
as $$ select coalesce(tap.error(who, format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id(member))) ->> 'sqlstate', 'passes') $$;
create function pg_temp.members() returns text language sql stable as $$
    select string_agg(p.name || ' ' || m.wedding_role, ',' order by p.name) from wedsync_data.wedding_members as m
    join unnest('{emma,james,jack,paula,fred,frank}'::text[]) as p (name) on tap.id(p.name) = m.user_id where m.couple_id = tap.couple('emma') $$;

select is(tap.admit('emma', m.member, m.role), null, m.member)
from (values ('james', 'partner'), ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (member, role);
select is(pg_temp.members(), 'emma partner,frank friend,fred family,james partner,paula planner', 'all are members');
select is(tap.patch('james', 'emma', '{"partner2_name": "James"}') -> 'success', 'true', 'the second partner writes');
select is(tap.admit('emma', 'jack', 'partner'), 'PT409', 'no third partner');
select is(pg_temp.add('emma', 'jack', r.role), '42501', 'nobody is added as ' || r.role || ' without having accepted')
from (values ('partner'), ('planner'), ('friend')) as r (role);
select is(pg_temp.add('emma', 'paula', 'partner'), 'PT409', 'not by promotion either');
select is(pg_temp.add('james', 'fred', 'friend'), 'passes', 'a role may change');
select is(pg_temp.add('emma', 'james', 'planner'), 'PT409', 'but not a partner''s');
select is(pg_temp.add(a.who, 'jack', 'friend'), a.state, 'added by ' || a.who)
from (values ('paula', '42501'), ('fred', '42501'), ('frank', '42501'), ('olivia', 'PT404'), ('stranger', 'PT404')) as a (who, state);
select is(pg_temp.remove(a.who, 'frank'), a.state, 'removed by ' || a.who)
from (values ('paula', '42501'), ('fred', '42501'), ('olivia', 'PT404'), ('stranger', 'PT404')) as a (who, state);
select is(pg_temp.members(), 'emma partner,frank friend,fred friend,james partner,paula planner', 'nothing was changed by these');
create temporary table before on commit drop as select tap.state('emma') as state;
select is(pg_temp.add('emma', 'frank', 'friend'), 'passes', 'the same again');
select is(tap.state('emma'), (select state from before), 'changes nothing');
select is(tap.error('emma', format(x.query, tap.couple('emma'))) ->> 'sqlstate', x.state, x.query) from (values
    ('select wedsync.add_wedding_member(%L, null, ''friend'')', '22023'), ('select wedsync.add_wedding_member(null, gen_random_uuid(), ''friend'')', '22023'),
    ('select wedsync.add_wedding_member(%L, gen_random_uuid(), null)', '22023'),
    ('select wedsync.add_wedding_member(%L, gen_random_uuid(), ''admin'')', '22023'),
    ('select wedsync.add_wedding_member(%L, gen_random_uuid(), ''service_role'')', '22023'),
    ('select wedsync.add_wedding_member(gen_random_uuid(), gen_random_uuid(), ''friend'')', 'PT404'),
    ('select wedsync.remove_wedding_member(%L, null)', '22023'), ('select wedsync.remove_wedding_member(%L, gen_random_uuid())', 'PT404'),
    ('select wedsync.remove_wedding_member(null, gen_random_uuid())', '22023')
) as x (query, state);
select is(tap.state('emma'), (select state from before), 'nothing was changed by hostile input');

select is(pg_temp.remove('frank', 'frank'), 'passes', 'anybody may leave');
select is(tap.call('frank', 'select count(*) from wedsync.core_fields'), '0', 'and sees nothing then');
select is(pg_temp.remove('emma', 'james'), 'passes', 'a partner may remove the other');
select is(pg_temp.remove('james', 'emma'), 'PT404', 'who is an outsider then');
select is(pg_temp.remove('emma', 'emma'), 'PT409', 'the last partner stays');
select is(tap.admit('emma', 'jack', 'partner'), null, 'there is room for another');
select is(
    (select array_agg(concat_ws(' ', l.change_type, l.actor_type, l.old_value #>> '{}', '>', l.new_value #>> '{}') order by l.id)
    from wedsync_data.audit_log as l
    where l.couple_id = tap.couple('emma') and l.path in ('members/' || tap.id('fred'), 'members/' || tap.id('frank'))),
    '{"create family > family","create friend > friend","update couple family > friend","delete friend friend >"}', 'every step is audited with who did it'
);
select is(tap.call('fred', 'select count(*) from wedsync.core_fields_audit where changed_field like ''members/%'''), '0', 'which friends do not see');
select cmp_ok(tap.call('emma', 'select count(*) from wedsync.core_fields_audit where changed_field like ''members/%''')::integer, '>=', 6, 'and partners do');
select * from finish();
rollback;

-- proves: C-29, C-46, F000-37, F000-41
-- People of a supplier: owners invite anybody, managers staff, the last owner stays, and rights end with the membership.
begin;
select plan(42);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select tap.supplier('baker');
create function pg_temp.add(who text, member text, role text) returns text language sql
as $$
    select coalesce(tap.error(who, format('select wedsync.add_supplier_member(%L, %L, %L)', tap.firm('chef'), tap.id(member), role)) ->> 'sqlstate', 'passes')
$$;
create function pg_temp.remove(who text, member text) returns text language sql
as $$ select coalesce(tap.error(who, format('select wedsync.remove_supplier_member(%L, %L)', tap.firm('chef'), tap.id(member))) ->> 'sqlstate', 'passes') $$;
create function pg_temp.sees(who text) returns text language sql as $$ select tap.call(who, 'select count(*) from wedsync.core_fields') $$;

select is(tap.hire('chef', m.member, m.role), null, m.member) from (values ('maria', 'manager'), ('sam', 'staff')) as m (member, role);
select is(tap.accept_error('sue', tap.invitation('maria', format('invite_supplier_member(%L)', tap.firm('chef')))), null, 'a manager invites staff');
select is(pg_temp.add('chef', 'mole', r.role), '42501', 'nobody is added as ' || r.role || ' without having accepted')
from (values ('owner'), ('manager'), ('staff')) as r (role);
select is(
    tap.error('maria', format('select wedsync.invite_supplier_member(%L, %L)', tap.firm('chef'), r.role)) ->> 'sqlstate', '42501',
    'nor does a manager invite a ' || r.role
) from (values ('owner'), ('manager')) as r (role);
select is(pg_temp.add('maria', 'sue', 'manager'), '42501', 'not managers');
select is(pg_temp.add('maria', 'maria', 'owner'), '42501', 'nor herself as owner');
select is(pg_temp.add('maria', 'chef', 'staff'), '42501', 'nor demotes the owner');
select is(pg_temp.add('chef', 'chef', 'staff'), 'PT409', 'the last owner does not demote himself');
select is(pg_temp.add(a.who, 'mole', 'staff'), a.state, 'added by ' || a.who)
from (values ('sam', '42501'), ('emma', 'PT404'), ('baker', 'PT404'), ('stranger', 'PT404')) as a (who, state);
select is(pg_temp.sees(p.who), '1', p.who || ' sees what the supplier may see') from (values ('chef'), ('maria'), ('sam'), ('sue')) as p (who);
select is(tap.patch('sam', 'emma', '{"guest_count": {"adults": 9}}') -> 'success', 'true', 'staff writes what the supplier may write');
select is(
    (
        select concat_ws(' ', l.actor_type, l.actor_id, l.supplier_id) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma')
        order by l.id desc limit 1
    ), concat_ws(' ', 'supplier', tap.id('sam'), tap.firm('chef')), 'audited with person and supplier'
);
select is(
    tap.error('sam', format('select wedsync.request_access(%L, %L)', tap.couple('emma'), tap.firm('chef'))) ->> 'sqlstate', '42501',
    'staff does not ask for access'
);
select isnt(tap.call('maria', format('select wedsync.request_access(%L, %L)', tap.couple('emma'), tap.firm('chef'))), null, 'control: a manager does');
select is(pg_temp.remove('sam', 'sue'), '42501', 'staff removes nobody');
select is(pg_temp.remove('maria', 'chef'), '42501', 'a manager not the owner');
select is(pg_temp.remove('maria', 'sue'), 'passes', 'but staff');
select is(pg_temp.sees('sue'), '0', 'who sees nothing from then on');
select is(tap.patch_error('sue', 'emma', '{"guest_count": {"adults": 10}}') ->> 'sqlstate', 'PT404', 'and writes nothing');
select is(pg_temp.remove('sam', 'sam'), 'passes', 'anybody may leave');
select is(pg_temp.remove('sam', 'sam'), 'PT404', 'once');
select is(pg_temp.remove('chef', 'chef'), 'PT409', 'the last owner stays');
select is(pg_temp.add('chef', 'maria', 'owner'), 'passes', 'with a second owner');
select is(pg_temp.remove('chef', 'chef'), 'passes', 'the first may leave');
select is(tap.error('maria', format(x.query, tap.firm('maria'))) ->> 'sqlstate', x.state, x.query) from (values
    ('select wedsync.add_supplier_member(%L, null)', '22023'), ('select wedsync.add_supplier_member(null, gen_random_uuid())', '22023'),
    ('select wedsync.add_supplier_member(%L, gen_random_uuid(), ''boss'')', '22023'),
    ('select wedsync.add_supplier_member(%L, gen_random_uuid(), null)', '22023'),
    ('select wedsync.add_supplier_member(gen_random_uuid(), gen_random_uuid())', 'PT404'),
    ('select wedsync.remove_supplier_member(%L, null)', '22023'), ('select wedsync.remove_supplier_member(null, gen_random_uuid())', '22023'),
    ('select wedsync.remove_supplier_member(%L, gen_random_uuid())', 'PT404')
) as x (query, state);
select * from finish();
rollback;

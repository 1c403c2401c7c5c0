-- proves: F001-23, F003-65, F003-19
-- A supplier's reads of views are in the access log: once for each wedding and transaction, only where something was found. Where the
-- transaction cannot write, a setting decides.
begin;
select plan(28);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{basic}', '{guest_numbers}');
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('olivia'), tap.firm('chef')));
select tap.admit('emma', 'paula', 'planner');
select tap.call('emma', format('select wedsync.grant_member_access(%L, %L, ''{budget.total}'')', tap.couple('emma'), tap.id('paula')));
-- what is logged by a statement in a transaction of its own
create function pg_temp.logged(who text, statement text, db_role text default 'authenticated') returns text[] language plpgsql as $$
declare
    before constant bigint := (select coalesce(max(l.id), 0) from wedsync_data.access_log as l);
begin
    perform set_config('wedsync.views_read', '', true);
    perform tap.run(who, statement, db_role);
    return array(
        select case l.couple_id when tap.couple('emma') then 'emma' else 'olivia' end || ' ' || l.action from wedsync_data.access_log as l where l.id > before
        order by 1
    );
end $$;
select is(pg_temp.logged('chef', s.statement), s.logged, s.statement) from (values
    ('select partner1_name from wedsync.core_fields', '{emma core_fields,olivia core_fields}'::text[]),
    ('select count(*) from wedsync.core_fields', '{emma core_fields,olivia core_fields}'),
    ('select * from wedsync.core_fields as a, wedsync.core_fields as b', '{emma core_fields,olivia core_fields}'),
    (format('select * from wedsync.core_fields where couple_id = %L', tap.couple('emma')), '{emma core_fields}'),
    ('select * from wedsync.core_fields where couple_id = gen_random_uuid()', '{}'),
    (format('select * from wedsync.couples where id = %L', tap.couple('emma')), '{emma core_fields}'),
    ('select * from wedsync.weddings', '{emma core_fields,olivia core_fields}'),
    ('select * from wedsync.core_fields_audit', '{emma core_fields_audit,olivia core_fields_audit}'),
    (format('select * from wedsync.core_fields_audit where couple_id = %L', tap.couple('olivia')), '{olivia core_fields_audit}'),
    (
        format(
            'select * from wedsync.core_fields_audit where couple_id = %L and id = %s', tap.couple('emma'),
            (select min(l.id) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.path = 'couple.partner1.name')
        ), '{emma core_fields_audit}'
    ),
    (format('select * from wedsync.core_fields_audit where couple_id = %L and changed_field = ''budget.total''', tap.couple('olivia')), '{}'),
    (format('update wedsync.core_fields set guest_count = ''{"adults": 5}'' where couple_id = %L', tap.couple('emma')), '{emma core_fields}'),
    (format('select wedsync.get_core_fields(%L)', tap.couple('emma')), '{emma get_core_fields}'),
    (format('select * from wedsync.get_audit_trail(%L)', tap.couple('emma')), '{emma get_audit_trail}')
) as s (statement, logged);
select is(
    pg_temp.logged(w.who, 'select * from wedsync.core_fields, wedsync.core_fields_audit', w.db_role), '{}', coalesce(w.who, w.db_role) || ' is not logged'
)
from (
    values ('emma', 'authenticated'), ('paula', 'authenticated'), ('stranger', 'authenticated'), (null, 'service_role'), (null, 'wedsync_admin')
) as w (who, db_role);
select is(
    (select array_agg(distinct r ->> 'action' order by r ->> 'action') from tap.rows('emma', 'select action from wedsync.access_log') as r),
    '{core_fields,core_fields_audit,get_audit_trail,get_core_fields}', 'the couple reads it'
);

-- where the transaction cannot write
create function pg_temp.in_read_only(rule integer, who text) returns text language plpgsql as $$
begin
    perform set_config('wedsync.views_read', '', true);
    update wedsync_data.settings set value = to_jsonb(rule) where name = 'supplier_view_reads';
    perform set_config('transaction_read_only', 'on', true);
    return tap.outcome(who, 'select * from wedsync.core_fields', 'authenticated', 'select ''read''');
end $$;
create function pg_temp.undone(rule integer, who text) returns text language plpgsql as $$
begin
    raise exception using errcode = 'TAP01', message = pg_temp.in_read_only(rule, who);
exception
    when sqlstate 'TAP01' then return sqlerrm;
end $$;
select is(pg_temp.undone(0, 'chef'), 'read', '0: a supplier reads');
select is(pg_temp.undone(1, 'chef'), 'read', '1: a supplier reads');
select is(pg_temp.undone(2, 'chef'), 'PT405', '2: a supplier is told to call a function');
select is(pg_temp.undone(2, w.who), 'read', w.who || ' reads in any case') from (values ('emma'), ('paula')) as w (who);
select is((select s.value from wedsync_data.settings as s where s.name = 'supplier_view_reads'), '1', 'as shipped it is noted in the log of the server');
select is(
    tap.error('chef', format('select wedsync_internal.log_view_read(%L, %L)', tap.couple('emma'), v.name)) ->> 'sqlstate', '22023',
    'a supplier writes nothing of its own into the log'
) from (values ('nothing at all'), (null)) as v (name);
select * from finish();
rollback;

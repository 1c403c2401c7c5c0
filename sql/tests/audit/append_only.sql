-- proves: F000-97, C-08
-- Nobody changes or removes audit rows: no role has the right, and a trigger stops even the owner.
begin;
select plan(39);
select tap.wedding('emma');
select is(tap.error(w.who, x.statement, w.db_role) ->> 'sqlstate', '42501', format('%s: %s', w.db_role, x.statement))
from (
    values ('emma', 'authenticated'), (null, 'anon'), (null, 'service_role'), (null, 'wedsync_admin'), (null, 'wedsync_worker'), (null, 'wedsync_owner'),
        (null, 'none')
) as w (who, db_role),
    (
        values ('update wedsync_data.audit_log set new_value = ''1'''), ('delete from wedsync_data.audit_log'), ('truncate wedsync_data.audit_log')
    ) as x (statement);
select is(tap.error(w.who, x.statement, w.db_role) ->> 'sqlstate', '42501', format('%s: %s', w.db_role, x.statement))
from (values ('emma', 'authenticated'), (null, 'service_role'), (null, 'wedsync_admin')) as w (who, db_role),
    (
        values ('insert into wedsync_data.audit_log (couple_id) values (gen_random_uuid())'), ('delete from wedsync_data.audit_anchors'),
            ('delete from wedsync_data.wedding_clocks'), ('update wedsync_data.events set seq = 1'), ('delete from wedsync_data.events')
    ) as x (statement);
select is(tap.error(null, format('delete from wedsync_data.%I', c.relname), 'none') ->> 'sqlstate', '42501', 'not in a partition either: ' || c.relname)
from pg_class as c join pg_inherits as i on i.inhrelid = c.oid where i.inhparent = 'wedsync_data.audit_log'::regclass
    and exists (select from wedsync_data.audit_log as l where l.tableoid = c.oid);
select is(tap.run(null, 'update wedsync_data.wedding_clocks set seq = seq', 'none'), 1::bigint, 'control: a superuser may otherwise update tables');
select is(
    (select count(*) from pg_constraint as c where c.contype = 'f' and c.conrelid = 'wedsync_data.audit_log'::regclass), 0::bigint,
    'no foreign key could carry audit rows away'
);
select * from finish();
rollback;

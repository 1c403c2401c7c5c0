-- proves: F000-79, F003-01, F003-13, F003-60, C-22, C-28, C-30
-- People reach no base table, whatever their claims: only the forms of their suppliers, under row security.
begin;
select plan((
    -- forms are read and deleted by suppliers
    4 + 3 * count(*) filter (where not c.relispartition) - 2 * 3 + 2 * count(*) filter (where c.relkind <> 'v' and c.relnamespace =
        'wedsync_data'::regnamespace) - 3
)::integer)
from pg_class as c
where c.relnamespace in ('wedsync_data'::regnamespace, 'wedsync_internal'::regnamespace) and c.relkind in ('r', 'p', 'v');
select tap.matrix();
select is(
    tap.error(p.who, format('select * from %s limit 1', c.oid::regclass), p.db_role) ->> 'sqlstate', '42501',
    format('%s may not read %s', coalesce(p.who, p.db_role), c.oid::regclass)
)
from pg_class as c
cross join (values ('emma', 'authenticated'), ('s full', 'authenticated'), (null, 'anon')) as p (who, db_role)
where c.relnamespace in ('wedsync_data'::regnamespace, 'wedsync_internal'::regnamespace) and c.relkind in ('r', 'p', 'v') and not c.relispartition
    and not (p.db_role = 'authenticated' and c.relname in ('forms', 'form_fields', 'core_field_mappings'));
select is(
    tap.error('s full', format('%s %s', a.action, c.oid::regclass)) ->> 'sqlstate', '42501', format('nor %s %s', a.action, c.oid::regclass)
)
from pg_class as c
cross join (values ('delete from'), ('truncate')) as a (action)
where c.relnamespace = 'wedsync_data'::regnamespace and c.relkind in ('r', 'p')
    and not (a.action = 'delete from' and c.relname in ('forms', 'form_fields', 'core_field_mappings'));
select is(
    tap.error('stranger', format('select * from %s limit 1', c.oid::regclass), 'authenticated', '{"role": "service_role"}') ->> 'sqlstate', '42501',
    'a forged role claim opens nothing: ' || c.oid::regclass
)
from pg_class as c where c.oid in ('wedsync_data.core_fields'::regclass, 'wedsync_data.grants'::regclass, 'wedsync_data.audit_log'::regclass);
select is(
    tap.call(null, 'select count(*) from wedsync_data.core_fields where couple_id = tap.couple(''emma'')', 'service_role'), '1',
    'control: a server reads the table'
);
select * from finish();
rollback;

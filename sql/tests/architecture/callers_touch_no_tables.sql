-- proves: C-22, C-23, F000-40, F000-41
begin;
select plan(3);
create temporary view offenders as
select c.oid::regclass::text as what
from pg_catalog.pg_class as c
where c.relnamespace = any (array['wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and (
        pg_catalog.has_table_privilege('authenticated', c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or pg_catalog.has_any_column_privilege('authenticated', c.oid, 'select, insert, update, references')
    )
    -- no column of a form needs hiding: policies decide about its rows, and the views over them run with the caller's rights
    and c.oid <> all (array['wedsync_data.forms', 'wedsync_data.form_fields', 'wedsync_data.core_field_mappings']::regclass[])
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'authenticated has no right on any table but those of forms');
grant update (partner1_name) on wedsync_data.core_fields to authenticated;
grant select on wedsync_internal.caller_access to authenticated;
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_data.core_fields', 'wedsync_internal.caller_access'],
    'the rule finds one column of a table, and a view'
);
select is_empty(
    $$ select c.oid::regclass
    from pg_catalog.pg_class as c
    where c.relnamespace = 'wedsync'::regnamespace and c.relkind not in ('v', 'c') $$,
    'the schema of the API holds views, functions and no tables'
);
select * from finish();
rollback;

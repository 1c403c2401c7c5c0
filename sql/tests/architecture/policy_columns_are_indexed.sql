-- proves: F003-69
begin;
select plan(2);
create temporary view offenders as
select distinct d.refobjid::regclass || '.' || a.attname as what
from pg_catalog.pg_policy as p
join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
join pg_catalog.pg_class as c on c.oid = d.refobjid
join pg_catalog.pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and not exists (
        select from pg_catalog.pg_index as i
        where i.indrelid = d.refobjid and i.indisvalid and i.indpred is null and i.indkey[0] = d.refobjsubid
    )
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'every column that a policy compares leads an index');
create policy by_name on wedsync_data.suppliers for select to authenticated using (business_name = 'Florist');
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_data.suppliers.business_name'], 'the rule finds a column without an index'
);
select * from finish();
rollback;

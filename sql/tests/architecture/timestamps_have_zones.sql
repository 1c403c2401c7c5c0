-- proves: C-09
begin;
select plan(2);
create temporary view offenders as
select c.oid::regclass || '.' || a.attname as what
from pg_catalog.pg_class as c
join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and a.atttypid = any (array['timestamp', 'timestamp[]', 'timetz', 'tsrange', 'tsmultirange']::regtype[])
union all
select p.oid::regprocedure::text
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and array[p.prorettype] || p.proargtypes::oid[] || coalesce(p.proallargtypes, '{}')
    && array['timestamp', 'timestamp[]', 'timetz', 'tsrange', 'tsmultirange']::regtype[]::oid[]
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'no column and no function speaks of a moment without its zone');
create table wedsync_data.calls (called_at timestamp, seen_at timestamptz);
create function wedsync.since(moment timestamp) returns interval language sql as 'select interval ''1 day''';
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync.since(timestamp without time zone)', 'wedsync_data.calls.called_at'],
    'the rule finds both'
);
select * from finish();
rollback;

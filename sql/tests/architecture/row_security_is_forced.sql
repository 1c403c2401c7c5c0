-- proves: F003-60, C-28, F000-79
begin;
select plan(4);
create temporary view offenders as
select c.oid::regclass::text as what
from pg_catalog.pg_class as c
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind in ('r', 'p')
    and not (c.relrowsecurity and c.relforcerowsecurity)
    -- The ledger is written before any policy exists and by whoever migrates: enabled without policies, reached by its owner alone.
    and not (c.relrowsecurity and c.oid = any (array[
        'wedsync_internal.migrations', 'wedsync_internal.catalog_expected', 'wedsync_internal.catalog_drift'
    ]::regclass[]))
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'row security is enabled and forced on every table');
select ok(
    exists (select from pg_catalog.pg_class as c where c.relispartition and c.relkind = 'r' and c.relnamespace = 'wedsync_data'::regnamespace),
    'partitions are among them'
);
create table wedsync_data.open_door (id integer);
create table wedsync_data.half_open_door (id integer);
alter table wedsync_data.half_open_door enable row level security;
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_data.half_open_door', 'wedsync_data.open_door'],
    'the rule finds a table without it and one that exempts its owner'
);
alter table wedsync_internal.migrations disable row level security;
select ok('wedsync_internal.migrations' in (select what from offenders), 'and the ledger, should it ever be open');
select * from finish();
rollback;

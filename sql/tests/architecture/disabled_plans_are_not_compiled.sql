-- A plan with a node that enable_… disables costs 1e10 before PostgreSQL 18, and is compiled on every call unless the function sets jit = off.
begin;
select plan(3);
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and exists (select from unnest(p.proconfig) as c (setting) where c.setting like 'enable\_%' and c.setting like '%=off')
    and not coalesce('jit=off' = any (p.proconfig), false);

select is_empty('select what from offenders', 'whoever disables a kind of plan does not let it be compiled');
select cmp_ok((select count(*) from pg_catalog.pg_proc as p where 'jit=off' = any (p.proconfig)), '>=', 2::bigint, 'control: there are such functions');
create function wedsync_internal.compiled() returns integer language sql set enable_hashjoin = off as 'select 1';
select results_eq('select what from offenders', array['wedsync_internal.compiled()'], 'the rule finds one that does');
select * from finish();
rollback;

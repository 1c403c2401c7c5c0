-- proves: F000-96
begin;
select plan(4);
create temporary view offenders as
with ours as (
    select n.oid, n.nspname, n.nspowner from pg_catalog.pg_namespace as n where n.nspname in ('wedsync', 'wedsync_data', 'wedsync_internal')
)
select 'schema ' || o.nspname as what from ours as o where pg_catalog.pg_get_userbyid(o.nspowner) <> 'wedsync_owner'
union all
select 'relation ' || c.oid::regclass from pg_catalog.pg_class as c
where c.relnamespace in (select oid from ours) and pg_catalog.pg_get_userbyid(c.relowner) <> 'wedsync_owner'
union all
select 'function ' || p.oid::regprocedure from pg_catalog.pg_proc as p
where p.pronamespace in (select oid from ours) and pg_catalog.pg_get_userbyid(p.proowner) <> 'wedsync_owner'
union all
select 'type ' || t.oid::regtype from pg_catalog.pg_type as t
where t.typnamespace in (select oid from ours) and pg_catalog.pg_get_userbyid(t.typowner) <> 'wedsync_owner' and t.typrelid = 0 and t.typelem = 0
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'wedsync_owner owns every object of the three schemas');
select ok(
    not (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolcanlogin), 'and is neither mighty nor able to log in'
) from pg_catalog.pg_roles as r where r.rolname = 'wedsync_owner';
select is_empty(
    $$ select r.rolname from pg_catalog.pg_roles as r
    where r.rolname in ('wedsync_worker', 'wedsync_admin', 'anon', 'authenticated') and (r.rolsuper or r.rolbypassrls) $$,
    'no role that the pack makes steps over row security'
);
create table wedsync_data.stray ();
create function wedsync.stray() returns integer language sql as 'select 1';
create domain wedsync_data.stray_type as text;
select results_eq(
    'select what collate "default" from offenders order by 1',
    array['function wedsync.stray()', 'relation wedsync_data.stray', 'type wedsync_data.stray_type'],
    'the rule finds what somebody else made'
);
select * from finish();
rollback;

-- proves: F000-96, C-18
begin;
select plan(2);
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and exists (
    -- without an ACL of its own a function has the default one, which lets everybody in
    select from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) as a where a.grantee = 0
)
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'EXECUTE is revoked from PUBLIC on every function of the three schemas');
create function wedsync_internal.forgotten() returns integer language sql as 'select 1';
create function wedsync.given() returns integer language sql as 'select 1';
revoke all on function wedsync.given() from public;
grant execute on function wedsync.given() to public;
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync.given()', 'wedsync_internal.forgotten()'],
    'the rule finds a forgotten REVOKE and a GRANT'
);
select * from finish();
rollback;

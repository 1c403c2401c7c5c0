-- proves: F003-60
begin;
select plan(2);
create temporary view offenders as
select p.polrelid::regclass || ': ' || p.polname as what
from pg_catalog.pg_policy as p
join pg_catalog.pg_class as c on c.oid = p.polrelid
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and 0 = any (p.polroles)
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'every policy says for which roles it is');
create policy for_everybody on wedsync_data.suppliers using (true);
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_data.suppliers: for_everybody'], 'the rule finds a policy without TO'
);
select * from finish();
rollback;

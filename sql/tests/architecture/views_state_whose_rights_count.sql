-- proves: C-23, F000-40
begin;
select plan(2);
create temporary view offenders as
select c.oid::regclass::text as what
from pg_catalog.pg_class as c
where c.relnamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]) and c.relkind = 'v' and (
    'security_barrier=true' <> all (coalesce(c.reloptions, '{}'))
    or not coalesce(c.reloptions, '{}') && '{security_invoker=true,security_invoker=false}'::text[]
)
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'every view is a security barrier and says whose rights it uses');
create view wedsync.leaky as select f.couple_id from wedsync_data.core_fields as f;
create view wedsync.unsaid with (security_barrier = true) as select f.couple_id from wedsync_data.core_fields as f;
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync.leaky', 'wedsync.unsaid'],
    'the rule finds a plain view and one that does not say it'
);
select * from finish();
rollback;

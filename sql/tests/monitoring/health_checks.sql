-- The doctor's checks of the database, for server roles: each finding says what was seen and what to do about it.
begin;
select plan(12);
create function pg_temp.checks() returns table (name text, status text, detail text, hint text) language sql
as $$
    select c.* from tap.rows(null, 'select * from wedsync.health_checks()', 'service_role') as r
    cross join jsonb_to_record(r) as c (name text, status text, detail text, hint text)
$$;
select is(
    (select array_agg(distinct c.name order by c.name) from pg_temp.checks() as c where c.name not in ('fsync', 'full_page_writes')),
    '{deliveries,integrations,"notify queue",pack,partitions,pgcrypto,roles,"server settings",transactions,workers}', 'everything is looked at'
);
select is((select array_agg(c.name) from pg_temp.checks() as c where c.status = 'failed'), null, 'and nothing fails');
select is((select c.status from pg_temp.checks() as c where c.name = 'pack'), 'ok', 'the migration came to its end');
insert into wedsync_internal.migrations (run, kind, name, checksum, outcome, tool_version, finished_at)
values (gen_random_uuid(), 'policy', 'policies/later', 'x', 'applied', '1', now());
select is((select c.detail from pg_temp.checks() as c where c.name = 'pack'), 'the last migration was interrupted', 'or did not');
select is((select c.detail from pg_temp.checks() as c where c.name = 'workers'), 'none running', 'no worker');
select tap.node('one');
select tap.node('two');
select is((select c.detail from pg_temp.checks() as c where c.name = 'workers'), '2 processes, 0 sockets, 0 channels', 'two processes');
select wedsync_internal.end_lease(tap.id('one'));
select is((select c.detail from pg_temp.checks() as c where c.name = 'workers'), '1 process, 0 sockets, 0 channels, 1 died recently', 'one that died');
select wedsync_internal.end_lease(tap.id('two'));
select is((select c.status || ': ' || c.hint from pg_temp.checks() as c where c.name = 'workers'), 'warning: run `wedsync worker`', 'nobody is left');
select is(tap.error(w.who, 'select * from wedsync.health_checks()', w.role) ->> 'sqlstate', w.state, format('asked as %s', w.role)) from (values
    ('emma', 'authenticated', '42501'), (null, 'anon', '42501'), (null, 'wedsync_worker', '42501'), (null, 'wedsync_admin', null)
) as w (who, role, state), (select tap.wedding('emma')) as emma;
select * from finish();
rollback;

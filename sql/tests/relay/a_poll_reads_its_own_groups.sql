-- A poll reads the groups of the weddings whose events it found, however many others the node has.
begin;
select plan(3);
select tap.wedding('emma');
select tap.join('emma', 'core_fields_' || tap.couple('emma'));
select tap.join('emma', 'core-fields');
insert into wedsync_data.subscription_groups (node, identity, topic, scope, tables, couple_id, principals, readable, is_private, is_service, bindings)
select g.node, md5(n::text)::uuid, 'core_fields_' || n, g.scope, g.tables, md5(n::text)::uuid, g.principals, g.readable, g.is_private, g.is_service, g.bindings
from wedsync_data.subscription_groups as g cross join generate_series(1, 500) as n where g.scope = 'wedding';
select tap.forget();
select tap.call('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), jsonb_build_object('couple.partner2.name', 'James')));
create function pg_temp.rows_read() returns bigint language sql
as $$
    select pg_stat_get_xact_tuples_fetched(c.oid) + pg_stat_get_xact_tuples_returned(c.oid) from pg_class as c
    where c.oid = 'wedsync_data.subscription_groups'::regclass
$$;
create temp table polled as select pg_temp.rows_read() as before;
create temp table found as select f.kind from wedsync_internal.next_frames(tap.node(), tap.start()) as f;
select is((select count(*) from found as f where f.kind = 'broadcast'), 2::bigint, 'both groups of the wedding are served');
select cmp_ok(pg_temp.rows_read() - (select p.before from polled as p), '<', 20::bigint, 'and few others are read');
create temp table read_all as select pg_temp.rows_read() as before;
-- workers of a parallel plan count for themselves
set local max_parallel_workers_per_gather = 0;
set local enable_indexscan = off;
set local enable_indexonlyscan = off;
create temp table all_groups as select g.topic, g.readable from wedsync_data.subscription_groups as g;
select cmp_ok(pg_temp.rows_read() - (select r.before from read_all as r), '>', 400::bigint, 'reading all of them would be seen');
select * from finish();
rollback;

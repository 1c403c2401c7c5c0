-- proves: F003-68
-- Partitions are made as far ahead as the policy says, not one less, and dropped once all that is in them is older than it keeps.
begin;
select plan(8);
-- those of the pack's tables, which are missing if the day of UTC changed after the database was made
do $$ begin perform wedsync_internal.ensure_partitions(); end $$;
-- partitions of the tests' own, so that what was made before does not hide what is not made
create table wedsync_data.kept (id bigint, created_at timestamptz not null) partition by range (created_at);
create table wedsync_data.billed (id bigint, created_at timestamptz not null) partition by range (created_at);
alter table wedsync_data.kept owner to wedsync_owner;
alter table wedsync_data.billed owner to wedsync_owner;
insert into wedsync_data.retention_policies (table_name, partition_unit, keep_for, premake_units)
values ('kept', 'day', interval '3 days', 2), ('billed', 'month', null, 1);
create temporary view made as
select c.relname::text collate "default" as name from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid
where i.inhparent in ('wedsync_data.kept'::regclass, 'wedsync_data.billed'::regclass);
select is(wedsync_internal.ensure_partitions(), 5, 'today and two days, this month and one');
select set_eq('select name from made', $$
    select 'kept' || to_char((now() at time zone 'UTC') + n * interval '1 day', '_YYYYMMDD') from generate_series(0, 2) as n
    union all select 'billed' || to_char((now() at time zone 'UTC') + n * interval '1 month', '_YYYYMM') from generate_series(0, 1) as n
$$, 'no more and no fewer');
select is(wedsync_internal.ensure_partitions(), 0, 'once');
select is_empty($$
    select r.table_name, n from wedsync_data.retention_policies as r cross join lateral generate_series(0, r.premake_units) as n
    where to_regclass('wedsync_data.' || r.table_name || to_char(
        (now() at time zone 'UTC') + n * ('1 ' || r.partition_unit)::interval, case r.partition_unit when 'day' then '_YYYYMMDD' else '_YYYYMM' end
    )) is null
$$, 'every table has all of its own');

-- a day that ended just as long ago as is kept stays; a moment longer and it goes
create table wedsync_data.kept_edge partition of wedsync_data.kept for values from ('2001-01-01 00:00+00') to ('2001-01-02 00:00+00');
create temporary view gone as select partition_name collate "default" as name from wedsync_internal.expired_partitions() where table_name = 'kept';
update wedsync_data.retention_policies set keep_for = now() - timestamptz '2001-01-02 00:00+00' where table_name = 'kept';
select is_empty('select name from gone', 'what ended as long ago as is kept is kept');
update wedsync_data.retention_policies set keep_for = now() - timestamptz '2001-01-02 00:00+00' + interval '1 day' where table_name = 'kept';
select is_empty('select name from gone', 'what ended a day later too');
update wedsync_data.retention_policies set keep_for = now() - timestamptz '2001-01-02 00:00+00' - interval '1 microsecond' where table_name = 'kept';
select results_eq('select name from gone', array['kept_edge'], 'a moment older is not');
update wedsync_data.retention_policies set keep_for = null where table_name = 'kept';
select is_empty('select name from gone', 'without a limit everything is kept');
select * from finish();
rollback;

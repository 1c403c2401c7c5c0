create or replace function wedsync_internal.ensure_partitions()
returns integer
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(*) filter (where wedsync_internal.make_partition(r.table_name, now() + step.n * ('1 ' || r.partition_unit)::interval))::integer
    from wedsync_data.retention_policies as r
    cross join lateral generate_series(0, r.premake_units) as step (n)
$$;
comment on function wedsync_internal.ensure_partitions() is
'Creates missing partitions for today and in advance, and returns their number. Run daily by the worker.';
revoke all on function wedsync_internal.ensure_partitions() from public;
grant execute on function wedsync_internal.ensure_partitions() to wedsync_worker, wedsync_admin;

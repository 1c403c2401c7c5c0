create or replace function wedsync_internal.expired_partitions()
returns table (table_name text, partition_name text, ends_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select r.table_name, c.relname::text, b.ends_at
    from wedsync_data.retention_policies as r
    join pg_catalog.pg_inherits as i on i.inhparent = ('wedsync_data.' || r.table_name)::regclass
    join pg_catalog.pg_class as c on c.oid = i.inhrelid
    cross join lateral (
        select (regexp_match(pg_catalog.pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz as ends_at
    ) as b
    where b.ends_at < now() - r.keep_for
    order by r.table_name, b.ends_at
$$;
comment on function wedsync_internal.expired_partitions() is 'Lists partitions older than retention_policies keeps them, which drop_partitions drops.';
revoke all on function wedsync_internal.expired_partitions() from public;
grant execute on function wedsync_internal.expired_partitions() to wedsync_worker, wedsync_admin;

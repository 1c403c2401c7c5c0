create or replace function wedsync_internal.check_partitions()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with ranges as (
        -- writes outside all partitions fail
        select
            p.partrelid::regclass::text as named,
            max((regexp_match(pg_catalog.pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)'''))[1]::timestamptz) as until
        from pg_catalog.pg_partitioned_table as p
        inner join pg_catalog.pg_class as t on p.partrelid = t.oid
        inner join pg_catalog.pg_namespace as n on t.relnamespace = n.oid
        inner join pg_catalog.pg_attribute as a on p.partrelid = a.attrelid and p.partattrs[0] = a.attnum
        left join pg_catalog.pg_inherits as i on p.partrelid = i.inhparent
        left join pg_catalog.pg_class as c on i.inhrelid = c.oid
        where n.nspname in ('wedsync', 'wedsync_data', 'wedsync_internal')
            and p.partstrat = 'r' and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
        group by p.partrelid
    )
    select
        'partitions',
        case when e.enough then 'ok' else 'failed' end,
        case
            when r.until is null then r.named || ': none'
            when not e.enough then format('%s: only until %s', r.named, to_char(r.until, 'YYYY-MM-DD HH24:MI'))
            else format('%s: %s days ahead', r.named, floor(extract(epoch from r.until - now()) / 86400))
        end,
        case when not e.enough then 'run `wedsync maintain`, and check that the worker is running' end
    from ranges as r
    cross join lateral (select coalesce(r.until >= now() + interval '1 day', false) as enough) as e
    order by r.named
$$;
comment on function wedsync_internal.check_partitions() is
'How far in advance each partitioned table has partitions, one row for each.';
revoke all on function wedsync_internal.check_partitions() from public;

create or replace function wedsync_internal.check_transactions()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with old as (
        select
            format('pid %s (%s, %s)', a.pid, coalesce(nullif(a.application_name, ''), 'unnamed'), a.state) as what,
            extract(epoch from now() - a.xact_start)::integer as seconds
        from pg_catalog.pg_stat_activity as a
        where a.xact_start < now() - interval '5 minutes' and a.datname = current_database() and a.backend_type = 'client backend'
        union all
        select format('prepared transaction %s', p.gid), extract(epoch from now() - p.prepared)::integer
        from pg_catalog.pg_prepared_xacts as p
        where p.database = current_database() and p.prepared < now() - interval '5 minutes'
    )
    select
        'transactions',
        case when count(*) = 0 then 'ok' else 'warning' end,
        coalesce(string_agg(format('%s open for %s s', o.what, o.seconds), ', ' order by o.seconds desc), 'none older than 5 minutes'),
        case when count(*) > 0 then 'they hold back vacuum, and delay their own events: end them' end
    from old as o
$$;
comment on function wedsync_internal.check_transactions() is
'Transactions that have been open for more than five minutes.';
revoke all on function wedsync_internal.check_transactions() from public;

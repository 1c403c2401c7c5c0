create or replace function wedsync_internal.check_alerts()
returns table (name text, status text, detail text, hint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        'integrations',
        case when count(a.id) > 0 then 'warning' else 'ok' end,
        case when count(a.id) > 0 then string_agg(format('%s: %s', a.integration, replace(a.reason, '_', ' ')), ', ' order by a.integration, a.reason)
            else 'none degraded' end,
        case when count(a.id) > 0 then 'see wedsync.integration_health()' end
    from (select) as one
    left join wedsync_data.integration_alerts as a on a.resolved_at is null
$$;
comment on function wedsync_internal.check_alerts() is 'Alerts for degraded integrations.';
revoke all on function wedsync_internal.check_alerts() from public;

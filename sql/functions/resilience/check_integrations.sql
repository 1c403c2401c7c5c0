create or replace function wedsync_internal.check_integrations(at timestamptz default clock_timestamp())
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wedding_day constant boolean := wedsync_internal.any_wedding_day(now());
    changed integer;
begin
    -- the job is due every 15 seconds; on ordinary days it acts once a minute
    if not wedding_day and extract(second from at) >= 15 then
        return 0;
    end if;
    with found as (
        select f.integration, r.reason, f.is_critical, to_jsonb(f) - '{integration,is_critical,fallback,reasons}'::text[] as figures
        from wedsync_internal.integration_figures(5) as f
        cross join lateral unnest(f.reasons) as r (reason)
    ), resolved as (
        update wedsync_data.integration_alerts as a
        set resolved_at = pg_catalog.clock_timestamp()
        where a.resolved_at is null and not exists (select from found as f where f.integration = a.integration and f.reason = a.reason)
        returning 1
    ), raised as (
        insert into wedsync_data.integration_alerts as a (integration, reason, severity, figures)
        select f.integration, f.reason, case when wedding_day or f.is_critical then 'critical' else 'warning' end, f.figures
        from found as f
        on conflict (integration, reason) where resolved_at is null do nothing
        returning 1
    )
    select (select count(*) from resolved) + (select count(*) from raised) into changed;
    delete from wedsync_data.integration_calls as c where c.minute < now() - interval '1 day';
    delete from wedsync_data.integration_alerts as a where a.resolved_at < now() - interval '90 days';
    delete from wedsync_data.breaker_changes as c where c.changed_at < now() - interval '90 days';
    -- endpoints of others, which were added by their use
    delete from wedsync_data.integrations as i
    using wedsync_data.breakers as b
    where b.integration = i.name and i.name like 'webhook:%' and b.changed_at < now() - interval '30 days'
        and not exists (select from wedsync_data.integration_calls as c where c.integration = i.name);
    return changed;
end
$$;
comment on function wedsync_internal.check_integrations(timestamptz) is
'Raises an alert for every integration that is degraded in the last five minutes, resolves those that no longer apply, and deletes old figures; returns how many alerts changed. On wedding days it acts each 15 seconds and errors count from a tenth of the calls, otherwise in the first 15 seconds of each minute, and from a fifth.';
revoke all on function wedsync_internal.check_integrations(timestamptz) from public;
grant execute on function wedsync_internal.check_integrations(timestamptz) to wedsync_worker, wedsync_admin;

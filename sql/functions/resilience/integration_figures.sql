-- drop: function wedsync_internal.integration_figures(integer)
create or replace function wedsync_internal.integration_figures(minutes integer default 15)
returns table (
    integration text, status text, state text, calls bigint, failures bigint, success_rate numeric, error_rate numeric, average_ms numeric,
    p50_ms numeric, p95_ms numeric, slowest_ms numeric, last_success_at timestamptz, last_failure_at timestamptz, failures_in_a_row integer,
    failure_threshold integer, retry_at timestamptz, is_critical boolean, fallback text, is_wedding_day boolean, reasons text[]
)
language sql
stable
as $$
    with today as (
        select wedsync_internal.any_wedding_day(now()) as is_wedding_day
    ), summed as (
        select
            c.integration, sum(c.calls) as calls, sum(c.failures) as failures, sum(c.milliseconds) as milliseconds, max(c.slowest) as slowest,
            max(c.last_success_at) as last_success_at, max(c.last_failure_at) as last_failure_at
        from wedsync_data.integration_calls as c
        where c.minute > now() - make_interval(mins => integration_figures.minutes)
        group by c.integration
    ), buckets as (
        select c.integration, u.n, sum(u.count) as count
        from wedsync_data.integration_calls as c
        cross join lateral unnest(c.counts) with ordinality as u (count, n)
        where c.minute > now() - make_interval(mins => integration_figures.minutes)
        group by c.integration, u.n
    ), running as (
        select
            b.integration, (array[10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 'infinity'::numeric])[b.n] as most,
            sum(b.count) over (partition by b.integration order by b.n) as up_to, sum(b.count) over (partition by b.integration) as total
        from buckets as b
    ), percentiles as (
        select
            r.integration, min(r.most) filter (where r.up_to >= 0.5 * r.total) as p50, min(r.most) filter (where r.up_to >= 0.95 * r.total) as p95
        from running as r
        group by r.integration
    ), shown as (
        select
            i.*, coalesce(b.state, 'closed') as state, coalesce(b.failures, 0) as in_a_row, b.retry_at, coalesce(s.calls, 0) as calls,
            coalesce(s.failures, 0) as failures, round((s.failures::numeric / s.calls), 4) as error_rate,
            round((s.milliseconds / s.calls)::numeric, 1) as average_ms, least(p.p50, s.slowest::numeric) as p50_ms,
            least(p.p95, s.slowest::numeric) as p95_ms, round(s.slowest::numeric, 1) as slowest_ms, s.last_success_at, s.last_failure_at, t.is_wedding_day
        from wedsync_data.integrations as i
        cross join today as t
        left join wedsync_data.breakers as b on b.integration = i.name
        left join summed as s on s.integration = i.name
        left join percentiles as p on p.integration = i.name
    ), judged as (
        select h.*, array(
            select d.reason
            from (values
                ('breaker_open', h.state <> 'closed'),
                ('errors', h.calls >= 5 and h.error_rate > case when h.is_wedding_day then 0.1 else 0.2 end),
                ('slow', h.calls >= 5 and h.p95_ms > h.slow_milliseconds)
            ) as d (reason, applies)
            where d.applies
        ) as reasons
        from shown as h
    )
    select
        h.name, case when h.state = 'open' then 'down' when h.reasons <> '{}' then 'degraded' when h.calls = 0 then 'unknown' else 'healthy' end,
        h.state, h.calls, h.failures, 1 - h.error_rate, h.error_rate, h.average_ms, round(h.p50_ms, 1), round(h.p95_ms, 1), h.slowest_ms, h.last_success_at,
        h.last_failure_at, h.in_a_row, case when h.is_wedding_day then h.wedding_day_threshold else h.failure_threshold end, h.retry_at, h.is_critical,
        h.fallback, h.is_wedding_day, h.reasons
    from judged as h
    order by h.name
$$;
comment on function wedsync_internal.integration_figures(integer) is 'The result of integration_health, and why an integration is down or degraded: breaker_open, errors, slow.';
revoke all on function wedsync_internal.integration_figures(integer) from public;

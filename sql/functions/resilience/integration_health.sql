create or replace function wedsync.integration_health(minutes integer default 15)
returns table (
    integration text, status text, state text, calls bigint, failures bigint, success_rate numeric, error_rate numeric, average_ms numeric,
    p50_ms numeric, p95_ms numeric, slowest_ms numeric, last_success_at timestamptz, last_failure_at timestamptz, failures_in_a_row integer,
    failure_threshold integer, retry_at timestamptz, is_critical boolean, fallback text, is_wedding_day boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if minutes is null or minutes not between 1 and 1440 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "minutes", "rule": "1 to 1440"}');
    end if;
    return query
    select
        f.integration, f.status, f.state, f.calls, f.failures, f.success_rate, f.error_rate, f.average_ms, f.p50_ms, f.p95_ms, f.slowest_ms,
        f.last_success_at, f.last_failure_at, f.failures_in_a_row, f.failure_threshold, f.retry_at, f.is_critical, f.fallback, f.is_wedding_day
    from wedsync_internal.integration_figures(minutes) as f;
end
$$;
comment on function wedsync.integration_health(integer) is
'Health of each integration in the last minutes: response times, success and error rates, and the state of its circuit breaker
status is down while the breaker is open; degraded while it is half open, when more than a fifth of at least five calls failed (on wedding days a tenth), or when 95 % of the calls took longer than its slow_milliseconds allow; unknown without calls; otherwise healthy. Rates are 0 to 1. p50_ms and p95_ms are upper bounds of 10, 25, 50, 100, 250, 500, 1000, 2500, 5000 or 10000 milliseconds, or the slowest call. minutes is 1 to 1440. For the worker and server roles. Errors: invalid_value (22023).';
revoke all on function wedsync.integration_health(integer) from public;
grant execute on function wedsync.integration_health(integer) to wedsync_worker, service_role, wedsync_admin;

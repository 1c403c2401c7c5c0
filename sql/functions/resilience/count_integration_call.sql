create or replace function wedsync_internal.count_integration_call(integration text, succeeded boolean, milliseconds double precision)
returns void
language sql
volatile
as $$
    insert into wedsync_data.integration_calls as c (
        integration, minute, calls, failures, milliseconds, slowest, counts, last_success_at, last_failure_at
    )
    select
        count_integration_call.integration, date_trunc('minute', clock_timestamp()), 1, (not succeeded)::integer, count_integration_call.milliseconds,
        count_integration_call.milliseconds, array_agg((n = 1 + b.bucket)::integer order by n), case when succeeded then clock_timestamp() end,
        case when not succeeded then clock_timestamp() end
    from (
        select width_bucket(
            -- a bucket includes its upper bound
            -count_integration_call.milliseconds, '{-10000,-5000,-2500,-1000,-500,-250,-100,-50,-25,-10}'::double precision[]
        )
    ) as w (from_the_top)
    cross join lateral (select 10 - w.from_the_top) as b (bucket)
    cross join generate_series(1, 11) as n
    on conflict on constraint integration_calls_pkey do update
    set calls = c.calls + 1, failures = c.failures + excluded.failures, milliseconds = c.milliseconds + excluded.milliseconds,
        slowest = greatest(c.slowest, excluded.slowest),
        counts = array(select a.old_count + a.new_count from unnest(c.counts, excluded.counts) with ordinality as a (old_count, new_count, n) order by a.n),
        last_success_at = coalesce(excluded.last_success_at, c.last_success_at), last_failure_at = coalesce(excluded.last_failure_at, c.last_failure_at)
$$;
comment on function wedsync_internal.count_integration_call(text, boolean, double precision) is 'Adds a call to the figures of its minute.';
revoke all on function wedsync_internal.count_integration_call(text, boolean, double precision) from public;

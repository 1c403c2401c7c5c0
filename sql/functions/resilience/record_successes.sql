create or replace function wedsync_internal.record_successes(integrations text[], milliseconds double precision[])
returns void
language plpgsql
volatile
as $$
declare
    this_minute constant timestamptz := date_trunc('minute', pg_catalog.clock_timestamp());
    troubled constant text[] := array(
        select distinct c.integration
        from unnest(integrations) as c (integration) left join wedsync_data.breakers as b on b.integration = c.integration
        where c.integration is not null and (b.state is null or b.state <> 'closed' or b.failures > 0)
    );
    same record;
begin
    -- with a closed breaker that has counted no failures, only the figures change
    for same in
        select c.integration, b.bucket, count(*)::integer as calls, sum(c.took) as took, max(c.took) as slowest
        from unnest(integrations, milliseconds) as c (integration, took)
        cross join lateral (
            select 11 - width_bucket(-c.took, '{-10000,-5000,-2500,-1000,-500,-250,-100,-50,-25,-10}'::double precision[]) as bucket
        ) as b
        where c.integration is not null and c.integration <> all (troubled)
        group by c.integration, b.bucket order by c.integration, b.bucket
    loop
        loop
            update wedsync_data.integration_calls as c
            set calls = c.calls + same.calls, milliseconds = c.milliseconds + same.took, slowest = greatest(c.slowest, same.slowest),
                counts[same.bucket] = c.counts[same.bucket] + same.calls, last_success_at = pg_catalog.clock_timestamp()
            where c.integration = same.integration and c.minute = this_minute;
            exit when found;
            insert into wedsync_data.integration_calls (integration, minute, calls, failures, milliseconds, slowest, counts)
            values (same.integration, this_minute, 0, 0, 0, 0, array_fill(0, array[11])) on conflict on constraint integration_calls_pkey do nothing;
        end loop;
    end loop;
    if troubled <> '{}' then
        for same in
            select c.integration, c.took from unnest(integrations, milliseconds) as c (integration, took)
            where c.integration = any (troubled) order by c.integration
        loop
            perform wedsync.breaker_record(same.integration, true, same.took);
        end loop;
    end if;
end
$$;
comment on function wedsync_internal.record_successes(text[], double precision[]) is 'breaker_record for many calls that have succeeded, each with its integration and milliseconds.';
revoke all on function wedsync_internal.record_successes(text[], double precision[]) from public;

-- drop: function wedsync_internal.count_request(uuid, wedsync_data.rate_limits)
create or replace function wedsync_internal.count_request(user_id uuid, rule wedsync_data.rate_limits, amount integer default 1)
returns integer
language plpgsql
volatile
as $$
declare
    bucket_now constant bigint := floor(extract(epoch from pg_catalog.clock_timestamp()) * 60 / rule.per_seconds);
    used integer;
    counts smallint[];
    leaving integer := 0;
begin
    if rule.max_requests is null then
        return null;
    end if;
    -- all but a user's first request find their row, and an update costs less than an insert with a conflict
    update wedsync_data.rate_usage as u
    set bucket = case when u.bucket - bucket_now >= 60 then bucket_now else greatest(u.bucket, bucket_now) end,
        counts = case when u.bucket = bucket_now and u.counts[60] + amount <= 32767
            then u.counts[1:59] || (u.counts[60] + amount)::smallint
            else wedsync_internal.slide_counts(u.counts, bucket_now - u.bucket, amount)
        end,
        used = case when u.bucket = bucket_now and u.counts[60] + amount <= 32767
            then u.used + amount
            else wedsync_internal.sum_counts(wedsync_internal.slide_counts(u.counts, bucket_now - u.bucket, amount))
        end
    where u.user_id = count_request.user_id and u.endpoint = rule.endpoint
    returning u.used, u.counts into used, counts;
    if used <= rule.max_requests then
        return null;
    end if;
    if used is null then
        insert into wedsync_data.rate_usage as u (user_id, endpoint, bucket, counts, used)
        values (
            count_request.user_id, rule.endpoint, bucket_now, array_fill(0::smallint, array[59]) || least(amount, 32767)::smallint, least(amount, 32767)
        )
        on conflict on constraint rate_usage_pkey do update
        set bucket = case when u.bucket - excluded.bucket >= 60 then excluded.bucket else greatest(u.bucket, excluded.bucket) end,
            counts = wedsync_internal.slide_counts(u.counts, (excluded.bucket - u.bucket), amount),
            used = wedsync_internal.sum_counts(wedsync_internal.slide_counts(u.counts, (excluded.bucket - u.bucket), amount))
        returning u.used, u.counts into used, counts;
        if used <= rule.max_requests then
            return null;
        end if;
    end if;
    -- there is room once enough of the oldest requests have left the window
    while used > rule.max_requests loop
        leaving := leaving + 1;
        used := used - counts[leaving];
    end loop;
    return greatest(1, ceil(leaving * rule.per_seconds / 60.0))::integer;
end
$$;
comment on function wedsync_internal.count_request(uuid, wedsync_data.rate_limits, integer) is
'Counts one or more requests of a user against a limit; returns the seconds to wait if the limit is exceeded, otherwise null. Without a limit it counts nothing. The window slides in sixty steps.';
revoke all on function wedsync_internal.count_request(uuid, wedsync_data.rate_limits, integer) from public;

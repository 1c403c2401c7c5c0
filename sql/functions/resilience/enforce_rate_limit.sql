-- requires: architecture/fail, identity/current_user_id, identity/is_service, resilience/slide_counts, resilience/enforce_connection_rate_limit
create or replace function wedsync_internal.enforce_rate_limit(endpoint text)
returns void
language plpgsql
volatile
as $$
declare
    caller constant uuid := wedsync_internal.current_user_id();
    rule wedsync_data.rate_limits;
    width numeric;
    bucket_now bigint;
    counts smallint[];
    requests smallint;
    used integer := 0;
    oldest integer;
begin
    if caller is null or wedsync_internal.is_service() then
        return;
    end if;
    select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = enforce_rate_limit.endpoint;
    if rule.endpoint is null then
        -- a limiter that cannot work lets reads pass and stops writes
        if endpoint like '%-read' then
            return;
        end if;
        perform wedsync_internal.fail('limiter_unavailable');
    end if;
    if rule.max_requests is null then
        return;
    end if;
    if current_setting('transaction_read_only') = 'on' then
        -- nothing can be counted here; reads are still limited per database connection
        perform wedsync_internal.enforce_connection_rate_limit(caller, rule);
        return;
    end if;
    width := rule.per_seconds / 60.0;
    bucket_now := floor(extract(epoch from pg_catalog.clock_timestamp()) / width);

    -- all but a caller's first request find their row, and an update costs less than an insert that gives way
    update wedsync_data.rate_usage as u
    set bucket = case when u.bucket - bucket_now >= 60 then bucket_now else greatest(u.bucket, bucket_now) end,
        counts = wedsync_internal.slide_counts(u.counts, bucket_now - u.bucket)
    where u.user_id = caller and u.endpoint = rule.endpoint
    returning u.counts into counts;
    if counts is null then
        insert into wedsync_data.rate_usage as u (user_id, endpoint, bucket, counts)
        values (caller, rule.endpoint, bucket_now, array_fill(0::smallint, array[59]) || 1::smallint)
        on conflict on constraint rate_usage_pkey do update
        set bucket = case when u.bucket - excluded.bucket >= 60 then excluded.bucket else greatest(u.bucket, excluded.bucket) end,
            counts = wedsync_internal.slide_counts(u.counts, (excluded.bucket - u.bucket))
        returning u.counts into counts;
    end if;

    foreach requests in array counts loop
        used := used + requests;
    end loop;
    if used > rule.max_requests then
        select min(c.position) into oldest from unnest(counts) with ordinality as c (n, position) where c.n > 0;
        perform wedsync_internal.fail('rate_limited', pg_catalog.jsonb_build_object(
            'endpoint', rule.endpoint, 'max_requests', rule.max_requests, 'per_seconds', rule.per_seconds,
            'retry_after', greatest(1, ceil(oldest * width))::integer
        ));
    end if;
end
$$;
comment on function wedsync_internal.enforce_rate_limit(text) is
'Counts a request of the caller and raises rate_limited (429 with Retry-After, in seconds) beyond the limit of the endpoint. The window slides in steps of a sixtieth. Requests that fail for another reason are rolled back and so not counted. Trusted server roles are not limited.';
revoke all on function wedsync_internal.enforce_rate_limit(text) from public;

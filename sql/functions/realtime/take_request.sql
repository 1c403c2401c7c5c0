-- requires: resilience/slide_counts
create or replace function wedsync_internal.take_request(user_id uuid, endpoint text)
returns integer
language plpgsql
volatile
as $$
declare
    rule wedsync_data.rate_limits;
    width numeric;
    bucket_now bigint;
    used integer;
    oldest integer;
begin
    select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = take_request.endpoint;
    if rule.endpoint is null or rule.max_requests is null or user_id is null then
        return null;
    end if;
    width := rule.per_seconds / 60.0;
    bucket_now := floor(extract(epoch from pg_catalog.clock_timestamp()) / width);
    insert into wedsync_data.rate_usage as u (user_id, endpoint, bucket, counts)
    values (take_request.user_id, rule.endpoint, bucket_now, array_fill(0::smallint, array[59]) || 1::smallint)
    on conflict on constraint rate_usage_pkey do update
    set bucket = greatest(u.bucket, excluded.bucket), counts = wedsync_internal.slide_counts(u.counts, excluded.bucket - u.bucket);
    select sum(c.n), min(c.position) filter (where c.n > 0) into used, oldest
    from wedsync_data.rate_usage as u cross join lateral unnest(u.counts) with ordinality as c (n, position)
    where u.user_id = take_request.user_id and u.endpoint = rule.endpoint;
    return case when used > rule.max_requests then greatest(1, ceil(oldest * width))::integer end;
end
$$;
comment on function wedsync_internal.take_request(uuid, text) is 'Counts a request of a user; returns the seconds to wait when it is over the limit, else null.';
revoke all on function wedsync_internal.take_request(uuid, text) from public;

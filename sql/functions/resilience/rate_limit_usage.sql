create or replace view wedsync.rate_limit_usage
with (security_barrier = true, security_invoker = false) as
select
    r.endpoint, r.max_requests, r.per_seconds, count(u.user_id) as callers, coalesce(sum(u.used), 0) as requests, max(u.used) as most_of_one,
    count(u.user_id) filter (where u.used > r.max_requests) as callers_over
from wedsync_data.rate_limits as r
left join wedsync_data.rate_usage as u
    on u.endpoint = r.endpoint and u.bucket > floor(extract(epoch from clock_timestamp()) * 60 / r.per_seconds) - 60
where (select wedsync_internal.is_service())
group by r.endpoint;
comment on view wedsync.rate_limit_usage is 'Use of the rate limits in their current windows, for server roles.';
comment on column wedsync.rate_limit_usage.endpoint is 'Key of the limit.';
comment on column wedsync.rate_limit_usage.max_requests is 'Requests allowed per caller; null for no limit.';
comment on column wedsync.rate_limit_usage.per_seconds is 'Length of the window in seconds.';
comment on column wedsync.rate_limit_usage.callers is 'Callers with requests in the window.';
comment on column wedsync.rate_limit_usage.requests is 'Their requests.';
comment on column wedsync.rate_limit_usage.most_of_one is 'Most requests of one caller.';
comment on column wedsync.rate_limit_usage.callers_over is 'Callers that exceeded the limit.';
revoke all on wedsync.rate_limit_usage from public;
grant select on wedsync.rate_limit_usage to service_role, wedsync_admin;

-- drop: function wedsync_internal.enforce_rate_limit(text)
-- drop: function wedsync_internal.enforce_rate_limit(text, integer)
create or replace function wedsync_internal.enforce_rate_limit(endpoint text, amount integer default 1, verified_user uuid default null)
returns void
language plpgsql
volatile
as $$
declare
    caller constant uuid := coalesce(verified_user, wedsync_internal.current_user_id());
    rule wedsync_data.rate_limits;
    retry_after integer;
begin
    if caller is null or verified_user is null and wedsync_internal.is_service() then
        return;
    end if;
    select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = enforce_rate_limit.endpoint;
    if rule.endpoint is null then
        -- without its limit, reads are allowed and writes are rejected
        if endpoint like '%-read' then
            return;
        end if;
        perform wedsync_internal.fail('limiter_unavailable', pg_catalog.jsonb_build_object('endpoint', enforce_rate_limit.endpoint));
    end if;
    if rule.max_requests is null then
        return;
    end if;
    if amount > rule.max_requests then
        -- more than the limit allows at once: waiting would not help
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object('endpoint', rule.endpoint, 'at_once', rule.max_requests));
    end if;
    -- a read-only transaction cannot write the count; its reads are limited per database connection
    retry_after := case
        when current_setting('transaction_read_only') = 'on' then wedsync_internal.count_request_in_connection(caller, rule)
        else wedsync_internal.count_request(caller, rule, amount)
    end;
    if retry_after is not null then
        perform wedsync_internal.fail('rate_limited', pg_catalog.jsonb_build_object(
            'endpoint', rule.endpoint, 'max_requests', rule.max_requests, 'per_seconds', rule.per_seconds,
            'retry_after', retry_after
        ));
    end if;
end
$$;
comment on function wedsync_internal.enforce_rate_limit(text, integer, uuid) is
'Counts a request of the caller, or several at once, and raises rate_limited (429 with Retry-After, in seconds) beyond the limit of the endpoint, or too_large if the amount alone exceeds it. The window slides in sixty steps. Requests that fail for another reason are rolled back and not counted. Trusted server roles are not limited unless they name the user whose claims they have verified.';
revoke all on function wedsync_internal.enforce_rate_limit(text, integer, uuid) from public;

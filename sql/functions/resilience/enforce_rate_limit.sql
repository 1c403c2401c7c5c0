-- drop: function wedsync_internal.enforce_rate_limit(text)
-- drop: function wedsync_internal.enforce_rate_limit(text, integer)
create or replace function wedsync_internal.enforce_rate_limit(endpoint text, amount integer default 1, verified_user uuid default null)
returns void
language plpgsql
volatile
as $$
declare
    caller uuid := verified_user;
    rule wedsync_data.rate_limits;
    retry_after integer;
begin
    if caller is null then
        caller := wedsync_internal.current_user_id();
        if caller is null or wedsync_internal.is_service() then
            return;
        end if;
    end if;
    select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = enforce_rate_limit.endpoint;
    if amount <= rule.max_requests then
        -- a read-only transaction cannot write the count; its reads are limited per database connection
        if current_setting('transaction_read_only') = 'on' then
            retry_after := wedsync_internal.count_request_in_connection(caller, rule);
        else
            retry_after := wedsync_internal.count_request(caller, rule, amount);
        end if;
    elsif rule.endpoint is null then
        -- without its limit, reads are allowed and writes are rejected
        if endpoint not like '%-read' then
            perform wedsync_internal.fail('limiter_unavailable', pg_catalog.jsonb_build_object('endpoint', enforce_rate_limit.endpoint));
        end if;
    elsif rule.max_requests is not null then
        -- more than the limit allows at once: waiting would not help
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object('endpoint', rule.endpoint, 'at_once', rule.max_requests));
    end if;
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

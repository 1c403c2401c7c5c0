-- requires: resilience/count_request
create or replace function wedsync_internal.take_request(user_id uuid, endpoint text)
returns integer
language plpgsql
volatile
as $$
declare
    rule wedsync_data.rate_limits;
begin
    select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = take_request.endpoint;
    if rule.endpoint is null or rule.max_requests is null or user_id is null then
        return null;
    end if;
    return wedsync_internal.count_request(user_id, rule);
end
$$;
comment on function wedsync_internal.take_request(uuid, text) is 'Counts a request of a user; returns the seconds to wait when it is over the limit, else null.';
revoke all on function wedsync_internal.take_request(uuid, text) from public;

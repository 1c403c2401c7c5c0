create or replace function wedsync_internal.take_request(user_id uuid, endpoint text)
returns integer
language plpgsql
volatile
as $$
declare
    rule wedsync_data.rate_limits;
    retry_after integer;
begin
    if user_id is null then
        return null;
    end if;
    select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = take_request.endpoint;
    retry_after := wedsync_internal.count_request(user_id, rule);
    if retry_after is not null then
        -- The refusal commits. Clients that keep retrying are admitted once there is room.
        perform wedsync_internal.count_request(user_id, rule, -1);
    end if;
    return retry_after;
end
$$;
comment on function wedsync_internal.take_request(uuid, text) is 'Counts a request of a user; returns null, or the seconds to wait if it exceeds the limit, in which case it is not counted.';
revoke all on function wedsync_internal.take_request(uuid, text) from public;

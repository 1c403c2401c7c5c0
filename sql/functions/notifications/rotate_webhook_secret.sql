create or replace function wedsync.rotate_webhook_secret(id uuid, keep_old_hours integer default 24)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    endpoint wedsync_data.webhook_endpoints := wedsync_internal.owned_endpoint(id);
    fresh constant bytea := wedsync_internal.random_secret();
begin
    if keep_old_hours is null or keep_old_hours not between 0 and 720 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "keep_old_hours", "rule": "0 to 720"}');
    end if;
    update wedsync_data.webhook_endpoints as e
    set secret = fresh, old_secret = case when keep_old_hours > 0 then endpoint.secret end,
        old_secret_until = case when keep_old_hours > 0 then now() + make_interval(hours => keep_old_hours) end
    where e.id = endpoint.id;
    return 'whsec_' || encode(fresh, 'base64');
end
$$;
comment on function wedsync.rotate_webhook_secret(uuid, integer) is
'Gives an outgoing webhook a new secret and returns it
For keep_old_hours (0 to 720) requests carry two signatures, one with each secret, so that the receiver can change over without losing any. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.rotate_webhook_secret(uuid, integer) from public;
grant execute on function wedsync.rotate_webhook_secret(uuid, integer) to authenticated, service_role, wedsync_admin;

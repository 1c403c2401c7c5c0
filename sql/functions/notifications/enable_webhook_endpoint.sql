create or replace function wedsync.enable_webhook_endpoint(id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    endpoint constant wedsync_data.webhook_endpoints := wedsync_internal.owned_endpoint(id);
begin
    update wedsync_data.webhook_endpoints as e set disabled_at = null, disabled_reason = null where e.id = endpoint.id;
end
$$;
comment on function wedsync.enable_webhook_endpoint(uuid) is 'Enables an outgoing webhook again that was disabled because its receiver answered 410
Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.enable_webhook_endpoint(uuid) from public;
grant execute on function wedsync.enable_webhook_endpoint(uuid) to authenticated, service_role, wedsync_admin;

create or replace function wedsync.delete_webhook_endpoint(id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    endpoint constant wedsync_data.webhook_endpoints := wedsync_internal.owned_endpoint(id);
begin
    delete from wedsync_data.webhook_endpoints as e where e.id = endpoint.id;
end
$$;
comment on function wedsync.delete_webhook_endpoint(uuid) is 'Deletes an outgoing webhook; what waits for it is not sent
Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.delete_webhook_endpoint(uuid) from public;
grant execute on function wedsync.delete_webhook_endpoint(uuid) to authenticated, service_role, wedsync_admin;

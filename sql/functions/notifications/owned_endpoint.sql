create or replace function wedsync_internal.owned_endpoint(id uuid)
returns wedsync_data.webhook_endpoints
language plpgsql
volatile
as $$
declare
    endpoint wedsync_data.webhook_endpoints;
begin
    perform wedsync_internal.require_caller();
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.require_given('{id}', array[id is not null]);
    select e.* into endpoint from wedsync_data.webhook_endpoints as e where e.id = owned_endpoint.id for update;
    if endpoint.id is null or num_nonnulls(endpoint.couple_id, endpoint.supplier_id) = 0 and not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.require_endpoint_owner(endpoint.couple_id, endpoint.supplier_id);
    return endpoint;
end
$$;
comment on function wedsync_internal.owned_endpoint(uuid) is 'The webhook endpoint that the caller wants to change, locked; not_found if there is none that the caller could know.';
revoke all on function wedsync_internal.owned_endpoint(uuid) from public;

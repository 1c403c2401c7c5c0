create or replace function wedsync_internal.drop_delivery_target(delivery wedsync_data.deliveries, reason text)
returns void
language plpgsql
volatile
as $$
declare
    endpoint wedsync_data.webhook_endpoints;
begin
    if delivery.channel = 'push' then
        delete from wedsync_data.push_devices as d where d.id = delivery.target_id;
    elsif delivery.channel = 'webhook' then
        update wedsync_data.webhook_endpoints as e set disabled_at = now(), disabled_reason = left(reason, 200)
        where e.id = delivery.target_id and e.disabled_at is null
        returning e.* into endpoint;
        if endpoint.couple_id is not null then
            perform wedsync_internal.notify(
                endpoint.couple_id, 'webhook_endpoint_disabled', pg_catalog.jsonb_build_object('host', endpoint.host, 'reason', endpoint.disabled_reason),
                null, endpoint.id::text || ' ' || endpoint.disabled_at
            );
        elsif endpoint.supplier_id is not null and delivery.couple_id is not null then
            perform wedsync_internal.notify(
                delivery.couple_id, 'webhook_endpoint_disabled', pg_catalog.jsonb_build_object('host', endpoint.host, 'reason', endpoint.disabled_reason),
                pg_catalog.jsonb_build_object('suppliers', array[endpoint.supplier_id]), endpoint.id::text || ' ' || endpoint.disabled_at
            );
        end if;
    end if;
end
$$;
comment on function wedsync_internal.drop_delivery_target(wedsync_data.deliveries, text) is 'Deletes a browser that has unsubscribed, or disables an endpoint that has ended, and tells its owner.';
revoke all on function wedsync_internal.drop_delivery_target(wedsync_data.deliveries, text) from public;

create or replace function wedsync_internal.delivery_integration(channel text, target_id uuid)
returns text
language plpgsql
stable
as $$
begin
    if channel = 'webhook' then
        return (select e.integration from wedsync_data.webhook_endpoints as e where e.id = delivery_integration.target_id);
    end if;
    return nullif(channel, 'log');
end
$$;
comment on function wedsync_internal.delivery_integration(text, uuid) is 'Circuit breaker of a delivery; null for the log and for endpoints that were deleted.';
revoke all on function wedsync_internal.delivery_integration(text, uuid) from public;

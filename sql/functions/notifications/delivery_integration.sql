create or replace function wedsync_internal.delivery_integration(channel text, target_id uuid)
returns text
language sql
stable
as $$
    select case $1
        when 'webhook' then 'webhook:' || (select left(translate(e.host, '[]', ''), 253) from wedsync_data.webhook_endpoints as e where e.id = $2)
        when 'log' then null
        else $1
    end
$$;
comment on function wedsync_internal.delivery_integration(text, uuid) is 'Circuit breaker of a delivery; null for the log.';
revoke all on function wedsync_internal.delivery_integration(text, uuid) from public;

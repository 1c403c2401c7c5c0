create or replace function wedsync_internal.queue_for_operator(kind text, data jsonb, priority text)
returns integer
language plpgsql
volatile
as $$
declare
    queued integer;
begin
    insert into wedsync_data.deliveries (channel, kind, target_id, data, priority, rank, expires_at)
    select c.channel, k.kind, t.id, queue_for_operator.data, queue_for_operator.priority, wedsync_internal.delivery_rank(queue_for_operator.priority, false),
        pg_catalog.clock_timestamp() + k.expires_after
    from wedsync_data.notification_kinds as k
    join wedsync_data.notification_channels as c on c.is_enabled and c.channel = any (k.channels)
    cross join lateral (
        select null::uuid as id where c.channel = 'log'
        union all
        select e.id from wedsync_data.webhook_endpoints as e
        where c.channel = 'webhook' and e.couple_id is null and e.supplier_id is null and e.disabled_at is null and (e.kinds is null or k.kind = any (e.kinds))
    ) as t
    where k.kind = queue_for_operator.kind;
    get diagnostics queued = row_count;
    return queued;
end
$$;
comment on function wedsync_internal.queue_for_operator(text, jsonb, text) is 'Queues a notification of no wedding for the log and the operator''s own webhooks; returns how many deliveries that makes.';
revoke all on function wedsync_internal.queue_for_operator(text, jsonb, text) from public;

create or replace function wedsync_internal.fail_delivery(
    node uuid, id uuid, reason text, outcome text, retry_after double precision default null, milliseconds double precision default null
)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    delivery wedsync_data.deliveries;
    rule wedsync_data.notification_channels;
    due timestamptz;
    next_state text;
    integration text;
begin
    select d.* into delivery from wedsync_data.deliveries as d
    where d.id = fail_delivery.id and d.state = 'sending' and d.leased_by = fail_delivery.node for update;
    if delivery.id is null then
        return null;
    end if;
    select c.* into rule from wedsync_data.notification_channels as c where c.channel = delivery.channel;
    -- half of the pause by chance, so that what failed together does not come back together
    due := pg_catalog.clock_timestamp() + greatest(
        least(rule.first_retry * 2 ^ least(delivery.attempts - 1, 20), rule.longest_retry) * (0.5 + random() / 2),
        make_interval(secs => least(greatest(coalesce(retry_after, 0), 0), 86400))
    );
    next_state := case
        when outcome in ('refused', 'gone') or delivery.attempts >= rule.max_attempts then 'dead'
        when due >= delivery.expires_at then 'expired'
        else 'waiting'
    end;
    update wedsync_data.deliveries as d
    set state = next_state, leased_by = null, lease_until = null, due_at = case next_state when 'waiting' then due else d.due_at end,
        last_error = left(reason, 500), finished_at = case when next_state <> 'waiting' then pg_catalog.clock_timestamp() end
    where d.id = delivery.id;
    integration := wedsync_internal.delivery_integration(delivery.channel, delivery.target_id);
    if integration is not null then
        -- a receiver that refuses one delivery works
        perform wedsync.breaker_record(integration, outcome <> 'failed', greatest(coalesce(milliseconds, 0), 0));
    end if;
    if outcome = 'gone' then
        perform wedsync_internal.drop_delivery_target(delivery, reason);
    elsif next_state <> 'waiting' then
        perform wedsync_internal.tell_of_dead_delivery(delivery);
    end if;
    return next_state;
end
$$;
comment on function wedsync_internal.fail_delivery(uuid, uuid, text, text, double precision, double precision) is
'Records that a worker could not send a delivery, and returns its next state; null if its lease has gone to another worker
reason is a text for people that contains nothing of the content or the answer. outcome is failed (it is tried again), refused (the receiver will never accept it) or gone (the receiver has ended: the endpoint is disabled, the device deleted). retry_after is the earliest next attempt in seconds that the receiver has asked for.';
revoke all on function wedsync_internal.fail_delivery(uuid, uuid, text, text, double precision, double precision) from public;
grant execute on function wedsync_internal.fail_delivery(uuid, uuid, text, text, double precision, double precision) to wedsync_worker;

create or replace function wedsync_internal.judge_delivery(
    delivery wedsync_data.deliveries, target jsonb, at timestamptz, out verdict text, out why text, out wait_until timestamptz
)
language plpgsql
volatile
as $$
declare
    breaker constant text := wedsync_internal.delivery_integration(delivery.channel, delivery.target_id);
begin
    if delivery.expires_at <= at then
        verdict := 'expired';
        why := coalesce(delivery.last_error, 'not sent in time');
    elsif not wedsync_internal.delivery_is_allowed(delivery) then
        verdict := 'cancelled';
        why := 'the recipient may no longer read it';
    elsif target is null or target -> 'to' = 'null' then
        verdict := 'cancelled';
        why := 'there is no address';
    else
        wait_until := case
            when delivery.priority <> 'high' and delivery.channel in ('email', 'sms', 'push')
            then wedsync_internal.quiet_until(coalesce(delivery.supplier_id, delivery.user_id), at)
        end;
        if wait_until is not null then
            verdict := 'waiting';
            why := 'quiet hours';
        elsif delivery.channel <> 'log' and not wedsync.breaker_allow(breaker) then
            verdict := 'waiting';
            why := 'the circuit breaker is open';
            wait_until := greatest(at, (select b.retry_at from wedsync_data.breakers as b where b.integration = breaker)) + interval '2 seconds' * random();
        end if;
    end if;
end
$$;
comment on function wedsync_internal.judge_delivery(wedsync_data.deliveries, jsonb, timestamptz) is
'Why a claimed delivery is not sent now: verdict is its next state, wait_until when it is due again; all null if it is to be sent.';
revoke all on function wedsync_internal.judge_delivery(wedsync_data.deliveries, jsonb, timestamptz) from public;

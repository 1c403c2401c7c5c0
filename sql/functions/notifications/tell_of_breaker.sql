create or replace function wedsync_internal.tell_of_breaker()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- a failed probe is no news
    if new.to_state = 'open' and new.from_state = 'closed' or new.to_state = 'closed' then
        perform wedsync_internal.notify(
            null, case new.to_state when 'open' then 'breaker_opened' else 'breaker_closed' end, pg_catalog.jsonb_build_object('integration', new.integration)
        );
    end if;
    if new.to_state = 'closed' then
        -- what is being claimed by others is looked at there
        update wedsync_data.deliveries as d set due_at = pg_catalog.clock_timestamp()
        where d.id in (
            select w.id from wedsync_data.deliveries as w
            where w.channel = pg_catalog.split_part(new.integration, ':', 1) and w.state = 'waiting' and w.due_at > pg_catalog.clock_timestamp()
                and w.last_error = 'the circuit breaker is open'
            for no key update skip locked
        );
    end if;
    return null;
end
$$;
comment on function wedsync_internal.tell_of_breaker() is 'Tells the operator that a circuit breaker has opened or closed. What has waited for it to close is due at once.';
revoke all on function wedsync_internal.tell_of_breaker() from public;

create or replace trigger tell_of_breaker
after insert on wedsync_data.breaker_changes
for each row execute function wedsync_internal.tell_of_breaker();
comment on trigger tell_of_breaker on wedsync_data.breaker_changes is 'Tells the operator, and makes due what has waited.';

create or replace function wedsync.breaker_record(integration text, succeeded boolean, milliseconds double precision)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    rule wedsync_data.integrations;
    found wedsync_data.breakers;
    wedding_day boolean;
    next_state text;
    why text;
begin
    perform wedsync_internal.require_given('{integration,succeeded,milliseconds}', array[integration is not null, succeeded is not null, milliseconds is not null]);
    -- NaN is greater than all numbers
    if not milliseconds between 0 and 86400000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "milliseconds", "rule": "0 to 86400000"}');
    end if;
    if not exists (select from wedsync_data.breakers as b where b.integration = breaker_record.integration) then
        perform wedsync_internal.add_breaker(integration);
    end if;
    perform wedsync_internal.count_integration_call(integration, succeeded, milliseconds);
    select b.* into found from wedsync_data.breakers as b where b.integration = breaker_record.integration;
    if succeeded and found.state = 'closed' and found.failures = 0 then
        return 'closed';
    end if;
    select b.* into found from wedsync_data.breakers as b where b.integration = breaker_record.integration for no key update;
    select i.* into rule from wedsync_data.integrations as i where i.name = breaker_record.integration;
    wedding_day := wedsync_internal.any_wedding_day(now());
    next_state := found.state;
    -- answers to calls that began before it opened change nothing
    if found.state = 'closed' then
        found.failures := case when succeeded then 0 else found.failures + 1 end;
        if found.failures >= (case when wedding_day then rule.wedding_day_threshold else rule.failure_threshold end) then
            next_state := 'open';
            why := 'failures';
            found.reopened := 0;
        end if;
    elsif found.state = 'half_open' then
        found.successes := case when succeeded then found.successes + 1 else 0 end;
        if not succeeded then
            next_state := 'open';
            why := 'probe_failed';
            found.reopened := least(found.reopened + 1, 30);
        elsif found.successes >= rule.probes_needed then
            next_state := 'closed';
            why := 'recovered';
            found.failures := 0;
        end if;
    end if;
    update wedsync_data.breakers as b
    set state = next_state, failures = found.failures, successes = found.successes, reopened = found.reopened,
        changed_at = case when why is null then b.changed_at else pg_catalog.clock_timestamp() end,
        retry_at = case
            when next_state <> 'open' then null
            when why is null then b.retry_at
            else pg_catalog.clock_timestamp() + make_interval(secs => least(rule.open_seconds * 2 ^ found.reopened, rule.max_open_seconds))
        end,
        -- the next probe may start at once
        probe_until = case when next_state = 'half_open' then pg_catalog.clock_timestamp() end
    where b.integration = breaker_record.integration;
    if why is not null then
        perform wedsync_internal.note_breaker_change(integration, found.state, next_state, why);
    end if;
    return next_state;
end
$$;
comment on function wedsync.breaker_record(text, boolean, double precision) is
'Records the result and the response time of a call to an integration; returns the state of its breaker: closed, open or half_open
Failures in a row open it: failure_threshold of the integration, on wedding days wedding_day_threshold. It stays open for open_seconds, twice as long after each probe that fails, up to max_open_seconds, and closes after probes_needed successful probes. milliseconds is 0 to 86400000. For the worker and server roles. Errors: invalid_value (22023).';
revoke all on function wedsync.breaker_record(text, boolean, double precision) from public;
grant execute on function wedsync.breaker_record(text, boolean, double precision) to wedsync_worker, service_role, wedsync_admin;

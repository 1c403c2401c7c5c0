create or replace function wedsync.breaker_allow(integration text)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    state text;
begin
    select b.state into state from wedsync_data.breakers as b where b.integration = breaker_allow.integration;
    if state = 'closed' then
        return true;
    end if;
    if state is null then
        perform wedsync_internal.add_breaker(integration);
        return true;
    end if;
    -- of several callers at the same moment, one gets the probe
    with found as (
        select b.state from wedsync_data.breakers as b where b.integration = breaker_allow.integration for no key update
    ), started as (
        update wedsync_data.breakers as b
        set state = 'half_open', successes = case f.state when 'open' then 0 else b.successes end, retry_at = null,
            probe_until = pg_catalog.clock_timestamp() + interval '30 seconds',
            changed_at = case f.state when 'open' then pg_catalog.clock_timestamp() else b.changed_at end
        from found as f
        where b.integration = breaker_allow.integration
            and (b.retry_at <= pg_catalog.clock_timestamp() or b.probe_until <= pg_catalog.clock_timestamp())
        returning f.state as from_state
    )
    select s.from_state into state from started as s;
    if state = 'open' then
        perform wedsync_internal.note_breaker_change(integration, 'open', 'half_open', 'probe');
    end if;
    -- it may have been closed in the meantime
    return state is not null or exists (select from wedsync_data.breakers as b where b.integration = breaker_allow.integration and b.state = 'closed');
end
$$;
comment on function wedsync.breaker_allow(text) is
'Whether a call to an integration may be made now. After each call that was allowed, call breaker_record
While the breaker is closed, always. While it is open, no; once its open time is over, one caller gets true and makes the probe, which has 30 seconds to answer. On false, use the fallback of the integration (see circuit_breakers). An unknown integration is added with the default thresholds. For the worker and server roles. Errors: invalid_value (22023).';
revoke all on function wedsync.breaker_allow(text) from public;
grant execute on function wedsync.breaker_allow(text) to wedsync_worker, service_role, wedsync_admin;

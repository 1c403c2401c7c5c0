create or replace function wedsync.reset_breaker(integration text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    from_state text;
begin
    perform wedsync_internal.require_given('{integration}', array[integration is not null]);
    select b.state into from_state from wedsync_data.breakers as b where b.integration = reset_breaker.integration for no key update;
    if from_state is null then
        perform wedsync_internal.fail('not_found');
    end if;
    update wedsync_data.breakers as b
    set state = 'closed', failures = 0, successes = 0, reopened = 0, retry_at = null, probe_until = null,
        changed_at = case from_state when 'closed' then b.changed_at else pg_catalog.clock_timestamp() end
    where b.integration = reset_breaker.integration;
    if from_state <> 'closed' then
        perform wedsync_internal.note_breaker_change(integration, from_state, 'closed', 'reset');
    end if;
end
$$;
comment on function wedsync.reset_breaker(text) is
'Closes the circuit breaker of an integration at once, after its cause has been removed. For server roles. Errors: not_found (PT404), invalid_value (22023).';
revoke all on function wedsync.reset_breaker(text) from public;
grant execute on function wedsync.reset_breaker(text) to service_role, wedsync_admin;

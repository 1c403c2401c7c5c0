create or replace function wedsync_internal.add_breaker(integration text)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_given('{integration}', array[integration is not null]);
    if integration !~ '^[a-z][a-z0-9_]{0,49}(:[a-z0-9.:_-]{1,253})?$' then
        perform wedsync_internal.fail(
            'invalid_value', '{"parameter": "integration", "rule": "1 to 50 lower-case letters, digits and _, optionally with a colon and a host name in lower case"}'
        );
    end if;
    insert into wedsync_data.integrations (name, fallback) values (add_breaker.integration, 'queue') on conflict do nothing;
    insert into wedsync_data.breakers (integration) values (add_breaker.integration) on conflict do nothing;
end
$$;
comment on function wedsync_internal.add_breaker(text) is 'Adds the closed breaker of an integration, and the integration with the default thresholds if it is unknown. Errors: invalid_value (22023).';
revoke all on function wedsync_internal.add_breaker(text) from public;

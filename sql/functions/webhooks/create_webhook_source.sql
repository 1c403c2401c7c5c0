create or replace function wedsync.create_webhook_source(
    name text, handler text default 'store', acts_as uuid default null, scheme text default 'standard', description text default ''
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.require_given('{name,handler,scheme,description}', array[name is not null, handler is not null, scheme is not null, description is not null]);
    if name !~ '^[a-z][a-z0-9_-]{0,49}$' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "name", "rule": "1 to 50 lower-case letters, digits, _ and -, starting with a letter"}');
    end if;
    if handler not in ('store', 'core_fields', 'rsvp') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "handler", "rule": "store, core_fields or rsvp"}');
    end if;
    if scheme not in ('standard', 'body') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "scheme", "rule": "standard or body"}');
    end if;
    if (acts_as is null) <> (handler = 'store') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "acts_as", "rule": "the id of a user; null for the handler store"}');
    end if;
    if length(description) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "description", "rule": "at most 1000 characters"}');
    end if;
    insert into wedsync_data.webhook_sources as s (name, scheme, handler, acts_as, description)
    values (
        create_webhook_source.name, create_webhook_source.scheme, create_webhook_source.handler, create_webhook_source.acts_as,
        create_webhook_source.description
    )
    on conflict do nothing;
    if not found then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the name must not be in use"}', 'Choose another name, or call rotate_webhook_source_secret for a new secret.');
    end if;
    return pg_catalog.jsonb_build_object('name', name, 'secret', wedsync_internal.add_webhook_secret(name));
end
$$;
comment on function wedsync.create_webhook_source(text, text, uuid, text, text) is
'Registers a system that sends webhooks to /webhooks/<name> and returns {name, secret}
The secret is returned only once. handler is store (kept in webhook_deliveries for the application), core_fields (changes core fields) or rsvp (records replies); the latter two act with the rights of the user acts_as. scheme is standard (Standard Webhooks) or body (HMAC of the body in x-webhook-signature). For server roles. Errors: invalid_value (22023), state_conflict (PT409).';
revoke all on function wedsync.create_webhook_source(text, text, uuid, text, text) from public;
grant execute on function wedsync.create_webhook_source(text, text, uuid, text, text) to service_role, wedsync_admin;

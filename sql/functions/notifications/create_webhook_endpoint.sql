create or replace function wedsync.create_webhook_endpoint(
    url text, couple_id uuid default null, supplier_id uuid default null, kinds text[] default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    made wedsync_data.webhook_endpoints;
begin
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.require_given('{url}', array[url is not null]);
    perform wedsync_internal.require_endpoint_owner(couple_id, supplier_id);
    if url !~ '^https?://([a-z0-9A-Z.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[!-~]*)?$' or url ~ '[#\\]' or length(url) > 2000
        or url !~ '^https:' and wedsync_internal.setting_limit('webhook_plain_http') = 0
    then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "url", "rule": "an https address without user name, password and fragment, at most 2000 characters"}');
    end if;
    if cardinality(kinds) > 100 or exists (select from unnest(kinds) as k (kind) where k.kind is null or k.kind not in (select n.kind from wedsync_data.notification_kinds as n)) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "kinds", "rule": "kinds of notification_kinds, or null for all"}');
    end if;
    -- the owner's row is locked, so that the count stays correct
    perform from wedsync_data.weddings as w where w.id = create_webhook_endpoint.couple_id for no key update;
    perform from wedsync_data.suppliers as s where s.id = create_webhook_endpoint.supplier_id for no key update;
    perform wedsync_internal.enforce_cap('webhook_endpoints_per_owner', (
        select count(*) from wedsync_data.webhook_endpoints as e
        where e.couple_id is not distinct from create_webhook_endpoint.couple_id and e.supplier_id is not distinct from create_webhook_endpoint.supplier_id
    ));
    insert into wedsync_data.webhook_endpoints (couple_id, supplier_id, url, kinds, secret, created_by)
    values (
        create_webhook_endpoint.couple_id, create_webhook_endpoint.supplier_id, create_webhook_endpoint.url, create_webhook_endpoint.kinds,
        wedsync_internal.random_secret(), wedsync_internal.current_user_id()
    )
    returning * into made;
    return pg_catalog.jsonb_build_object('id', made.id, 'secret', 'whsec_' || encode(made.secret, 'base64'));
end
$$;
comment on function wedsync.create_webhook_endpoint(text, uuid, uuid, text[]) is
'Creates an outgoing webhook of a couple or a supplier and returns {id, secret}
It receives what the supplier, or any partner of the couple, is notified of; kinds restricts it. Requests are signed in the format of Standard Webhooks with the secret, which is returned only once. The address must be public and use https. Trusted server roles without couple_id and supplier_id create one for the operator. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), cap_reached (PT409), rate_limited (429).';
revoke all on function wedsync.create_webhook_endpoint(text, uuid, uuid, text[]) from public;
grant execute on function wedsync.create_webhook_endpoint(text, uuid, uuid, text[]) to authenticated, service_role, wedsync_admin;

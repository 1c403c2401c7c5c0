create or replace function wedsync.add_push_device(subscription jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    endpoint constant text := subscription ->> 'endpoint';
    device uuid;
begin
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.check_json(subscription, 'subscription', 4096);
    perform wedsync_internal.require_given('{subscription}', array[subscription is not null]);
    if not coalesce(
        endpoint ~ '^https://([a-z0-9A-Z.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/[!-~]*$' and endpoint !~ '[#\\]' and length(endpoint) <= 1000
        and subscription #>> '{keys,p256dh}' ~ '^[A-Za-z0-9_-]{87}=?$' and subscription #>> '{keys,auth}' ~ '^[A-Za-z0-9_-]{22}(==)?$', false
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "subscription", "rule": "a PushSubscription of a browser as JSON: endpoint, keys.p256dh and keys.auth"}');
    end if;
    -- locks the user's row, so that the count below stays correct
    perform wedsync_internal.record_user(caller);
    -- whoever has the keys of a browser may take it over, as the next user of that browser does
    delete from wedsync_data.push_devices as d where d.endpoint = add_push_device.subscription ->> 'endpoint';
    perform wedsync_internal.enforce_cap('push_devices_per_user', (select count(*) from wedsync_data.push_devices as d where d.user_id = caller));
    insert into wedsync_data.push_devices (user_id, endpoint, p256dh, auth)
    values (caller, add_push_device.subscription ->> 'endpoint', subscription #>> '{keys,p256dh}', subscription #>> '{keys,auth}')
    on conflict on constraint push_devices_endpoint_key do nothing
    returning id into device;
    return device;
end
$$;
comment on function wedsync.add_push_device(jsonb) is
'Adds a browser of the caller for Web Push, from its PushSubscription: {endpoint, keys: {p256dh, auth}}
A browser belongs to the user who has added it last. Returns the id. Errors: not_signed_in (42501), invalid_value (22023), too_large (PT413), cap_reached (PT409), rate_limited (429).';
revoke all on function wedsync.add_push_device(jsonb) from public;
grant execute on function wedsync.add_push_device(jsonb) to authenticated;

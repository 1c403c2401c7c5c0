create or replace function wedsync_internal.delivery_target(delivery wedsync_data.deliveries)
returns jsonb
language sql
stable
as $$
    select case delivery.channel
        when 'log' then '{}'
        when 'push' then (
            select pg_catalog.jsonb_build_object('endpoint', d.endpoint, 'keys', pg_catalog.jsonb_build_object('p256dh', d.p256dh, 'auth', d.auth))
            from wedsync_data.push_devices as d
            where d.id = delivery.target_id and (d.user_id = delivery.user_id or d.user_id in (
                select m.user_id from wedsync_data.supplier_members as m where m.supplier_id = delivery.supplier_id
            ))
        )
        when 'webhook' then (
            select pg_catalog.jsonb_build_object('url', e.url, 'secrets', to_jsonb(array_remove(array[
                'whsec_' || encode(e.secret, 'base64'), case when e.old_secret_until > now() then 'whsec_' || encode(e.old_secret, 'base64') end
            ], null)))
            from wedsync_data.webhook_endpoints as e where e.id = delivery.target_id and e.disabled_at is null
        )
        else pg_catalog.jsonb_build_object('to', wedsync_internal.recipient_address(
            delivery.channel, delivery.couple_id, delivery.supplier_id, delivery.user_id, delivery.contact_id, delivery.kind = 'address_check'
        ))
    end
$$;
comment on function wedsync_internal.delivery_target(wedsync_data.deliveries) is
'Where a delivery goes: {to} for email and sms, the subscription of a browser for push, {url, secrets} for webhook. Null, or with to null, if there is no such place any more.';
revoke all on function wedsync_internal.delivery_target(wedsync_data.deliveries) from public;

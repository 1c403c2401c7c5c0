create or replace function wedsync.retry_delivery(id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    delivery wedsync_data.deliveries;
begin
    perform wedsync_internal.require_caller();
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.require_given('{id}', array[id is not null]);
    select d.* into delivery from wedsync_data.deliveries as d where d.id = retry_delivery.id for update;
    if delivery.id is null or delivery.kind = 'address_check' or not (
        wedsync_internal.is_service()
        or delivery.supplier_id is null and exists (
            select from wedsync_data.reach as r
            where r.couple_id = delivery.couple_id and r.user_id = wedsync_internal.current_user_id() and r.valid_from <= now() and r.valid_until > now()
                and r.readable & delivery.needs = delivery.needs
                and (delivery.user_id = r.user_id or r.wedding_role = 'partner' and delivery.kind not in (select k.kind from wedsync_data.notification_kinds as k where k.is_personal))
        )
        or coalesce(delivery.supplier_id = any (wedsync_internal.caller_supplier_ids()), false) and (
            select f.is_allowed from wedsync_internal.delivery_facts(array[delivery]) as f
        )
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
    if delivery.state not in ('dead', 'expired') then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('state', delivery.state));
    end if;
    if delivery.contact_id is not null then
        perform wedsync_internal.enforce_cap('helper_messages_per_day', wedsync_internal.helper_messages_of_day(delivery.couple_id));
    end if;
    update wedsync_data.deliveries as d
    set state = 'waiting', attempts = 0, due_at = pg_catalog.clock_timestamp(), finished_at = null,
        expires_at = pg_catalog.clock_timestamp() + coalesce((select k.expires_after from wedsync_data.notification_kinds as k where k.kind = d.kind), interval '2 days')
    where d.id = delivery.id;
end
$$;
comment on function wedsync.retry_delivery(uuid) is
'Sends a delivery of failed_deliveries again
Errors: not_signed_in (42501), not_found (PT404), state_conflict (PT409) if it has not failed, cap_reached (PT409) for too many messages to helpers in a day, invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.retry_delivery(uuid) from public;
grant execute on function wedsync.retry_delivery(uuid) to authenticated, service_role, wedsync_admin;

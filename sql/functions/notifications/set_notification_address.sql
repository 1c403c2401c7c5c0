create or replace function wedsync.set_notification_address(address jsonb, supplier_id uuid default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    owner uuid;
    before wedsync_data.notification_addresses;
    now_set wedsync_data.notification_addresses;
    problem text;
begin
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.check_json(address, 'address', 4096);
    perform wedsync_internal.require_given('{address}', array[address is not null]);
    owner := wedsync_internal.notification_owner(supplier_id);
    problem := wedsync_internal.address_problem(address);
    if problem is not null then
        perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', 'address', 'rule', problem));
    end if;
    if supplier_id is null then
        perform wedsync_internal.record_user(owner);
    end if;
    insert into wedsync_data.notification_addresses (owner_id, is_supplier) values (owner, set_notification_address.supplier_id is not null)
    on conflict on constraint notification_addresses_pkey do nothing;
    select a.* into before from wedsync_data.notification_addresses as a where a.owner_id = owner for update;
    update wedsync_data.notification_addresses as a
    set email = case when address ? 'email' then address ->> 'email' else a.email end,
        email_verified_at = case when address ? 'email' and address ->> 'email' is distinct from a.email then null else a.email_verified_at end,
        phone = case when address ? 'phone' then address ->> 'phone' else a.phone end,
        phone_verified_at = case when address ? 'phone' and address ->> 'phone' is distinct from a.phone then null else a.phone_verified_at end,
        language = coalesce(address ->> 'language', a.language),
        time_zone = coalesce(address ->> 'time_zone', a.time_zone),
        quiet_from = case when address ? 'quiet_from' then (address ->> 'quiet_from')::time else a.quiet_from end,
        quiet_until = case when address ? 'quiet_until' then (address ->> 'quiet_until')::time else a.quiet_until end,
        updated_at = now()
    where a.owner_id = owner
    returning a.* into now_set;
    if now_set.email is distinct from before.email then
        perform wedsync_internal.send_address_code(now_set, 'email');
    end if;
    if now_set.phone is distinct from before.phone then
        perform wedsync_internal.send_address_code(now_set, 'phone');
    end if;
    return to_jsonb(now_set) - '{owner_id,is_supplier,updated_at}'::text[];
end
$$;
comment on function wedsync.set_notification_address(jsonb, uuid) is
'Sets where the caller, or a supplier of the caller, is reached: {email, phone, language, time_zone, quiet_from, quiet_until}
Omitted keys are kept; null clears email, phone and quiet hours. A new e-mail address or number is sent a code for confirm_notification_address and is not used before; phone numbers need the tier premium or enterprise. Without an address, e-mail goes to that of the caller''s token, or of the supplier''s first owner. During quiet hours only notifications of priority high are sent. Returns what is set. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.set_notification_address(jsonb, uuid) from public;
grant execute on function wedsync.set_notification_address(jsonb, uuid) to authenticated;

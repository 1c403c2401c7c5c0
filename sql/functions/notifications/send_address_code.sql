create or replace function wedsync_internal.send_address_code(address wedsync_data.notification_addresses, target text)
returns void
language plpgsql
volatile
as $$
declare
    until constant timestamptz := pg_catalog.clock_timestamp() + interval '15 minutes';
begin
    delete from wedsync_data.address_checks as c where c.owner_id = address.owner_id and c.target = send_address_code.target;
    -- an earlier code must not go to the new address
    update wedsync_data.deliveries as d set state = 'cancelled', finished_at = pg_catalog.clock_timestamp()
    where d.kind = 'address_check' and d.state = 'waiting' and coalesce(d.supplier_id, d.user_id) = address.owner_id
        and d.channel = case send_address_code.target when 'email' then 'email' else 'sms' end;
    if (case target when 'email' then address.email else address.phone end) is null then
        return;
    end if;
    perform wedsync_internal.enforce_rate_limit('address-check');
    if target = 'phone' and not wedsync_internal.may_use_channel('sms', address) then
        perform wedsync_internal.fail('not_allowed', '{"rule": "phone numbers need the tier premium or enterprise"}');
    end if;
    insert into wedsync_data.address_checks (owner_id, target, secret, expires_at)
    values (address.owner_id, send_address_code.target, wedsync_internal.random_secret(), until);
    -- the code itself stands nowhere: it is derived when a worker sends it
    insert into wedsync_data.deliveries (channel, kind, supplier_id, user_id, priority, rank, expires_at)
    values (
        case send_address_code.target when 'email' then 'email' else 'sms' end, 'address_check',
        case when address.is_supplier then address.owner_id end, case when not address.is_supplier then address.owner_id end,
        'high', wedsync_internal.delivery_rank('high', false), until
    );
end
$$;
comment on function wedsync_internal.send_address_code(wedsync_data.notification_addresses, text) is 'Sends a code to a new e-mail address or phone number, and invalidates earlier ones.';
revoke all on function wedsync_internal.send_address_code(wedsync_data.notification_addresses, text) from public;

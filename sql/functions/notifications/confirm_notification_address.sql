create or replace function wedsync.confirm_notification_address(code text, supplier_id uuid default null)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    owner uuid;
    confirmed text;
begin
    perform wedsync_internal.enforce_rate_limit('address-check');
    perform wedsync_internal.require_given('{code}', array[code is not null]);
    owner := wedsync_internal.notification_owner(supplier_id);
    delete from wedsync_data.address_checks as c
    where c.owner_id = owner and c.attempts < 5 and c.expires_at > pg_catalog.clock_timestamp()
        and wedsync_internal.address_code(c) = confirm_notification_address.code
    returning c.target into confirmed;
    if confirmed is null then
        update wedsync_data.address_checks as c set attempts = c.attempts + 1 where c.owner_id = owner and c.attempts < 5;
        return false;
    end if;
    update wedsync_data.notification_addresses as a
    set email_verified_at = case confirmed when 'email' then now() else a.email_verified_at end,
        phone_verified_at = case confirmed when 'phone' then now() else a.phone_verified_at end
    where a.owner_id = owner;
    return true;
end
$$;
comment on function wedsync.confirm_notification_address(text, uuid) is
'Enters the code that set_notification_address has sent to an e-mail address or phone number, which is used from then on
Returns whether it was right; a code ends after five wrong attempts and after 15 minutes. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.confirm_notification_address(text, uuid) from public;
grant execute on function wedsync.confirm_notification_address(text, uuid) to authenticated;

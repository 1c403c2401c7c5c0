create or replace function wedsync_internal.open_codes(couple_id uuid)
returns void
language plpgsql
volatile
as $$
declare
    access record;
begin
    perform wedsync_internal.enforce_rate_limit('rsvp-codes');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    access := wedsync_internal.open_rows(couple_id);
    -- whoever holds a code reads and writes for the household
    if access.readable & access.writable & wedsync_internal.names_mask('{guests.rsvp,guests.dietary,guests.names,guests.household}')
        <> wedsync_internal.names_mask('{guests.rsvp,guests.dietary,guests.names,guests.household}') then
        perform wedsync_internal.fail('not_allowed');
    end if;
end
$$;
comment on function wedsync_internal.open_codes(uuid) is 'Common start of creating and revoking invitation codes: for those who may themselves do what the codes allow.';
revoke all on function wedsync_internal.open_codes(uuid) from public;

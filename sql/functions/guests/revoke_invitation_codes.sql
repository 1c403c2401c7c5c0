create or replace function wedsync.revoke_invitation_codes(couple_id uuid, household_ids uuid[] default null)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    revoked integer;
begin
    perform wedsync_internal.open_codes(couple_id);
    update wedsync_data.rsvp_codes as c set revoked_at = pg_catalog.clock_timestamp()
    where c.couple_id = revoke_invitation_codes.couple_id and (household_ids is null or c.household_id = any (household_ids))
        and c.revoked_at is null and c.uses_left > 0 and c.valid_until > pg_catalog.clock_timestamp();
    get diagnostics revoked = row_count;
    return revoked;
end
$$;
comment on function wedsync.revoke_invitation_codes(uuid, uuid[]) is
'Revokes the codes of households, or all of the wedding; returns how many were valid
For those who may create them. Errors: not_signed_in and not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.revoke_invitation_codes(uuid, uuid[]) from public;
grant execute on function wedsync.revoke_invitation_codes(uuid, uuid[]) to authenticated, service_role, wedsync_admin;

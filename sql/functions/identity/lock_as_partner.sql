-- requires: identity/require_partner, identity/lock_wedding
create or replace function wedsync_internal.lock_as_partner(couple_id uuid)
returns void
language plpgsql
volatile
as $$
begin
    perform wedsync_internal.require_partner(couple_id);
    perform wedsync_internal.lock_wedding(couple_id, true);
    -- asked again: the right may have gone while this waited
    perform wedsync_internal.require_partner(couple_id);
end
$$;
comment on function wedsync_internal.lock_as_partner(uuid) is
'Takes the wedding''s lock for a partner or a trusted server role; one change of access or membership at a time. Raises as require_partner does.';
revoke all on function wedsync_internal.lock_as_partner(uuid) from public;

create or replace function wedsync.reopen_milestone(couple_id uuid, milestone_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    return wedsync_internal.set_milestone(couple_id, milestone_id, null);
end
$$;
comment on function wedsync.reopen_milestone(uuid, uuid) is
'States that a milestone is not reached after all
Needs the right to write milestones. Returns the same as reach_milestone. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.reopen_milestone(uuid, uuid) from public;
grant execute on function wedsync.reopen_milestone(uuid, uuid) to authenticated, service_role, wedsync_admin;

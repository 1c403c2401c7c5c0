create or replace function wedsync.reach_milestone(couple_id uuid, milestone_id uuid, at timestamptz default now())
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('planning-write');
    if at is null or at > now() + interval '1 minute' or at < now() - interval '10 years' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "at", "rule": "a moment of the last ten years"}');
    end if;
    return wedsync_internal.set_milestone(couple_id, milestone_id, at);
end
$$;
comment on function wedsync.reach_milestone(uuid, uuid, timestamptz) is
'States that a milestone is reached, now unless a moment is given; members who may read milestones are told, if it is celebrated
Needs the right to write milestones. Returns {milestone_id, status, planned_at, reached_at}. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.reach_milestone(uuid, uuid, timestamptz) from public;
grant execute on function wedsync.reach_milestone(uuid, uuid, timestamptz) to authenticated, service_role, wedsync_admin;

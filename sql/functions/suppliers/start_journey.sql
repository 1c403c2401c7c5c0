create or replace function wedsync.start_journey(journey_id uuid, couple_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    journey wedsync_data.journeys;
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.require_given('{journey_id,couple_id}', array[journey_id is not null, couple_id is not null]);
    journey := wedsync_internal.lock_journey(journey_id, false);
    perform wedsync_internal.lock_as_acquainted(couple_id, journey.supplier_id);
    insert into wedsync_data.journey_enrolments as e (couple_id, journey_id, supplier_id, started_by, started_seq)
    select start_journey.couple_id, journey.id, journey.supplier_id, wedsync_internal.current_user_id(), k.seq
    from wedsync_data.wedding_clocks as k where k.couple_id = start_journey.couple_id
    on conflict on constraint journey_enrolments_pkey do update
    set ended_at = null, started_by = excluded.started_by, started_at = excluded.started_at, started_seq = excluded.started_seq
    where e.ended_at is not null;
    insert into wedsync_data.journey_runs (couple_id, journey_id, step)
    select start_journey.couple_id, s.journey_id, s.step
    from wedsync_data.journey_steps as s where s.journey_id = journey.id and s.condition ->> 'on' = 'start' and journey.is_active
    on conflict on constraint journey_runs_pkey do nothing;
end
$$;
comment on function wedsync.start_journey(uuid, uuid) is
'Enrols a couple in a journey of the caller''s supplier, or resumes one that was stopped
What happens from now on counts; steps that have happened do not happen again. Starting twice changes nothing. The couple must have invited the supplier or answered a request. Errors: not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.start_journey(uuid, uuid) from public;
grant execute on function wedsync.start_journey(uuid, uuid) to authenticated, service_role;

create or replace function wedsync.delete_journey(journey_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.require_given('{journey_id}', array[journey_id is not null]);
    perform wedsync_internal.lock_journey(journey_id, true);
    delete from wedsync_data.journeys as j where j.id = delete_journey.journey_id;
end
$$;
comment on function wedsync.delete_journey(uuid) is
'Deletes a journey with its steps, enrolments and history; journey_progress stays
Errors: not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.delete_journey(uuid) from public;
grant execute on function wedsync.delete_journey(uuid) to authenticated, service_role;

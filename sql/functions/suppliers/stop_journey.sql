create or replace function wedsync.stop_journey(journey_id uuid, couple_id uuid)
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
    update wedsync_data.journey_enrolments as e set ended_at = now()
    where e.couple_id = stop_journey.couple_id and e.journey_id = journey.id and e.ended_at is null;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.stop_journey(uuid, uuid) is
'Ends a couple''s journey: no further step happens
Errors: not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.stop_journey(uuid, uuid) from public;
grant execute on function wedsync.stop_journey(uuid, uuid) to authenticated, service_role;

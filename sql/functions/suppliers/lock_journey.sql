create or replace function wedsync_internal.lock_journey(journey_id uuid, changes_it boolean)
returns wedsync_data.journeys
language plpgsql
volatile
as $$
declare
    found_journey wedsync_data.journeys;
begin
    select j.* into found_journey from wedsync_data.journeys as j where j.id = lock_journey.journey_id;
    if found_journey.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.lock_as_supplier(found_journey.supplier_id, '{owner,manager,staff}', changes_it);
    -- read again: it may have been deleted while this waited
    select j.* into found_journey from wedsync_data.journeys as j where j.id = lock_journey.journey_id;
    if found_journey.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    return found_journey;
end
$$;
comment on function wedsync_internal.lock_journey(uuid, boolean) is
'A journey, under the lock of its supplier, exclusively if it is to be changed. Raises not_found for those who do not belong to the supplier, as for an unknown one.';
revoke all on function wedsync_internal.lock_journey(uuid, boolean) from public;

create or replace function wedsync.remove_journey_step(journey_id uuid, step text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.require_given('{journey_id,step}', array[journey_id is not null, step is not null]);
    perform wedsync_internal.lock_journey(journey_id, true);
    delete from wedsync_data.journey_steps as s where s.journey_id = remove_journey_step.journey_id and s.step = remove_journey_step.step;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.remove_journey_step(uuid, text) is
'Removes a step from a journey; journey_progress stays
Errors: not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.remove_journey_step(uuid, text) from public;
grant execute on function wedsync.remove_journey_step(uuid, text) to authenticated, service_role;

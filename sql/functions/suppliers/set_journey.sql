create or replace function wedsync.set_journey(supplier_id uuid, name text, is_active boolean default true, journey_id uuid default null)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    stored uuid;
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.require_given('{supplier_id,name,is_active}', array[supplier_id is not null, name is not null, is_active is not null]);
    perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager,staff}', true);
    if length(name) not between 1 and 200 or name !~ '\S' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "name", "rule": "1 to 200 characters"}');
    end if;
    if journey_id is null then
        perform wedsync_internal.enforce_cap('journeys_per_supplier', (
            select count(*) from wedsync_data.journeys as j where j.supplier_id = set_journey.supplier_id
        ));
        insert into wedsync_data.journeys as j (supplier_id, name, is_active)
        values (set_journey.supplier_id, set_journey.name, set_journey.is_active) returning j.id into stored;
    else
        update wedsync_data.journeys as j set name = set_journey.name, is_active = set_journey.is_active, updated_at = now()
        where j.id = set_journey.journey_id and j.supplier_id = set_journey.supplier_id returning j.id into stored;
        if stored is null then
            perform wedsync_internal.fail('not_found');
        end if;
    end if;
    return stored;
end
$$;
comment on function wedsync.set_journey(uuid, text, boolean, uuid) is
'Creates a journey of a supplier, or renames, stops and resumes the one named by journey_id
While is_active is false its steps do not happen, nor later for events of that time. Returns the id. Errors: not_found (PT404), cap_reached (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.set_journey(uuid, text, boolean, uuid) from public;
grant execute on function wedsync.set_journey(uuid, text, boolean, uuid) to authenticated, service_role;

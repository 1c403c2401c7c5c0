create or replace function wedsync.ensure_core_fields(couple_id uuid)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    record_id uuid;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write');
    perform wedsync_internal.require_partner(couple_id);
    insert into wedsync_data.wedding_clocks (couple_id) values (ensure_core_fields.couple_id) on conflict on constraint wedding_clocks_pkey do nothing;
    -- on conflict do nothing would still fire the trigger that records the creation
    perform wedsync_internal.lock_as_partner(couple_id);
    select f.id into record_id from wedsync_data.core_fields as f where f.couple_id = ensure_core_fields.couple_id;
    if record_id is null then
        insert into wedsync_data.core_fields (couple_id) values (ensure_core_fields.couple_id) returning id into record_id;
    end if;
    return record_id;
end
$$;
comment on function wedsync.ensure_core_fields(uuid) is
'Creates an empty record for a wedding if it has none, and returns its id
Reading never creates one. Partners only. Errors: not_found (PT404), not_allowed (42501), rate_limited (429).';
revoke all on function wedsync.ensure_core_fields(uuid) from public;
grant execute on function wedsync.ensure_core_fields(uuid) to authenticated, service_role, wedsync_admin;

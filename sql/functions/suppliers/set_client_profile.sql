create or replace function wedsync.set_client_profile(
    supplier_id uuid, couple_id uuid, display_name text default null, status text default 'lead', notes text default null
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.require_given('{supplier_id,couple_id}', array[supplier_id is not null, couple_id is not null]);
    perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager,staff}', false);
    if status is null or status not in ('lead', 'booked', 'finished', 'lost') then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "status", "rule": "lead, booked, finished or lost"}');
    end if;
    if length(display_name) > 200 or length(notes) > 10000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "display_name, notes", "rule": "at most 200 and 10000 characters"}');
    end if;
    perform wedsync_internal.lock_as_acquainted(couple_id, supplier_id);
    insert into wedsync_data.client_profiles as p (supplier_id, couple_id, display_name, status, notes, updated_by)
    values (
        set_client_profile.supplier_id, set_client_profile.couple_id, set_client_profile.display_name, set_client_profile.status,
        set_client_profile.notes, wedsync_internal.current_user_id()
    )
    on conflict on constraint client_profiles_pkey do update
    set display_name = excluded.display_name, status = excluded.status, notes = excluded.notes, updated_by = excluded.updated_by, updated_at = now()
    where (p.display_name, p.status, p.notes) is distinct from (excluded.display_name, excluded.status, excluded.notes);
end
$$;
comment on function wedsync.set_client_profile(uuid, uuid, text, text, text) is
'Stores a supplier''s notes about a couple
status is lead, booked, finished or lost. Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.set_client_profile(uuid, uuid, text, text, text) from public;
grant execute on function wedsync.set_client_profile(uuid, uuid, text, text, text) to authenticated, service_role;

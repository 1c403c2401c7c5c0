create or replace function wedsync.delete_wedding(couple_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    if couple_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}');
    end if;
    -- in the order of writers, who need the row of the wedding last: a bare DELETE takes that one first, and may meet a writer crosswise
    perform wedsync_internal.lock_wedding(couple_id, true, true);
    delete from wedsync_data.weddings as w where w.id = delete_wedding.couple_id;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.delete_wedding(uuid) is
'Deletes a wedding with everything that belongs to it; for server roles
Open channels hear wedding_deleted, which carries nothing but ids, and end. What happened before cannot be heard again; the audit log stays.
Errors: not_allowed (42501), not_found (PT404), invalid_value (22023).';
revoke all on function wedsync.delete_wedding(uuid) from public;
grant execute on function wedsync.delete_wedding(uuid) to service_role, wedsync_admin;

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
    -- in the lock order of writers, who take the row of the wedding last; a direct DELETE takes it first and may deadlock with a writer
    perform wedsync_internal.lock_wedding(couple_id, true, true);
    delete from wedsync_data.weddings as w where w.id = delete_wedding.couple_id;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.delete_wedding(uuid) is
'Deletes a wedding with everything that belongs to it; for server roles
Open channels receive wedding_deleted, which contains only ids, and are closed. Earlier events are no longer replayed; the audit log is kept.
Errors: not_allowed (42501), not_found (PT404), invalid_value (22023).';
revoke all on function wedsync.delete_wedding(uuid) from public;
grant execute on function wedsync.delete_wedding(uuid) to service_role, wedsync_admin;

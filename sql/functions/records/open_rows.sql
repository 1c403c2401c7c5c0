create or replace function wedsync_internal.open_rows(couple_id uuid, out readable bit, out writable bit)
language plpgsql
volatile
as $$
begin
    if couple_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}');
    end if;
    if not exists (select from wedsync_internal.caller_access as a where a.couple_id = open_rows.couple_id) then
        perform wedsync_internal.fail('not_found');
    end if;
    -- with the record: hooks and triggers of rows may change it, such as the guest numbers
    perform wedsync_internal.lock_wedding(couple_id, false, true);
    -- read again: the right may have been revoked while this waited
    select a.readable, a.writable into readable, writable from wedsync_internal.caller_access as a where a.couple_id = open_rows.couple_id;
    if readable is null then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync_internal.open_rows(uuid) is 'Common start of writing rows of a wedding: the locks of its record and of itself, and what the caller may read and write under it.';
revoke all on function wedsync_internal.open_rows(uuid) from public;

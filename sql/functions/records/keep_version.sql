create or replace function wedsync_internal.keep_version()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        if new.version_number < 0 then
            -- set by write_element, whose caller appends the change; server roles cannot write the column
            new.version_number := - new.version_number;
            return new;
        end if;
        new.version_number := old.version_number;
        if new operator(pg_catalog.*=) old then
            return new;
        end if;
    end if;
    perform wedsync_internal.lock_wedding(new.couple_id);
    new.version_number := (select k.version + 1 from wedsync_data.wedding_clocks as k where k.couple_id = new.couple_id);
    return new;
end
$$;
comment on function wedsync_internal.keep_version() is
'Sets the version of a changed row to the version that the wedding''s record gets with this statement. Unchanged rows keep their version. A negative number means that a function of the pack has already appended the change as that version.';
revoke all on function wedsync_internal.keep_version() from public;

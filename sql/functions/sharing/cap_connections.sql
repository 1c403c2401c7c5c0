-- requires: resilience/enforce_cap
create or replace function wedsync_internal.cap_connections()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- a row that is there already is updated instead
    if not exists (select from wedsync_data.connections as c where c.couple_id = new.couple_id and c.supplier_id = new.supplier_id) then
        perform wedsync_internal.enforce_cap('suppliers_per_wedding', (select count(*) from wedsync_data.connections as c where c.couple_id = new.couple_id));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_connections() is 'Keeps the number of a wedding''s suppliers within suppliers_per_wedding: cap_reached (409). Whoever connects one holds the wedding''s lock.';
revoke all on function wedsync_internal.cap_connections() from public;

create or replace trigger cap_connections
before insert on wedsync_data.connections
for each row execute function wedsync_internal.cap_connections();
comment on trigger cap_connections on wedsync_data.connections is 'Keeps their number within the cap.';

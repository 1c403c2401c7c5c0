create or replace function wedsync_internal.cap_connections()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    -- rejected suppliers are kept on record but not counted, otherwise rejected strangers could fill a wedding
    counted constant uuid[] := array(
        select c.supplier_id from wedsync_data.connections as c
        where c.couple_id = new.couple_id and (c.shares_automatically or exists (
            select from wedsync_data.grants as g
            where g.couple_id = c.couple_id and g.grantee_id = c.supplier_id and g.state in ('pending', 'approved') and g.valid_until > now()
        ))
    );
begin
    if new.supplier_id <> all (counted) then
        perform wedsync_internal.enforce_cap('suppliers_per_wedding', cardinality(counted));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_connections() is
'Enforces suppliers_per_wedding: cap_reached (409). Counts suppliers with access, a pending request or a valid invitation. Callers that connect one hold the wedding''s lock.';
revoke all on function wedsync_internal.cap_connections() from public;

create or replace trigger cap_connections
before insert on wedsync_data.connections
for each row execute function wedsync_internal.cap_connections();
comment on trigger cap_connections on wedsync_data.connections is 'Enforces the cap, also when a rejected supplier requests or is granted access again.';

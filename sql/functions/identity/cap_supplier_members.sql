create or replace function wedsync_internal.cap_supplier_members()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from wedsync_data.supplier_members as m where m.supplier_id = new.supplier_id and m.user_id = new.user_id) then
        perform wedsync_internal.enforce_cap('members_per_supplier', (select count(*) from wedsync_data.supplier_members as m where m.supplier_id = new.supplier_id));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_supplier_members() is 'Enforces members_per_supplier: cap_reached (409). Callers that add a member hold the supplier''s lock.';
revoke all on function wedsync_internal.cap_supplier_members() from public;

create or replace trigger cap_supplier_members
before insert on wedsync_data.supplier_members
for each row execute function wedsync_internal.cap_supplier_members();
comment on trigger cap_supplier_members on wedsync_data.supplier_members is 'Enforces the limit on their number.';

create or replace function wedsync_internal.cap_forms()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' or new.supplier_id is distinct from old.supplier_id then
        perform from wedsync_data.suppliers as s where s.id = new.supplier_id for no key update;
        perform wedsync_internal.enforce_cap('forms_per_supplier', (select count(*) from wedsync_data.forms as f where f.supplier_id = new.supplier_id));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_forms() is 'Enforces forms_per_supplier: cap_reached (409).';
revoke all on function wedsync_internal.cap_forms() from public;

create or replace trigger cap_forms
before insert or update of supplier_id on wedsync_data.forms
for each row execute function wedsync_internal.cap_forms();
comment on trigger cap_forms on wedsync_data.forms is 'Enforces the limit on their number.';

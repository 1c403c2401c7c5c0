create or replace function wedsync_internal.cap_form_fields()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' or new.form_id is distinct from old.form_id then
        perform from wedsync_data.forms as f where f.id = new.form_id for no key update;
        perform wedsync_internal.enforce_cap('fields_per_form', (select count(*) from wedsync_data.form_fields as f where f.form_id = new.form_id));
    end if;
    return new;
end
$$;
comment on function wedsync_internal.cap_form_fields() is 'Enforces fields_per_form: cap_reached (409).';
revoke all on function wedsync_internal.cap_form_fields() from public;

create or replace trigger cap_form_fields
before insert or update of form_id on wedsync_data.form_fields
for each row execute function wedsync_internal.cap_form_fields();
comment on trigger cap_form_fields on wedsync_data.form_fields is 'Enforces the limit on their number.';

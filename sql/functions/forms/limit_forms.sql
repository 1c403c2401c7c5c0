create or replace function wedsync_internal.limit_forms()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- statements of foreign key cascades are not counted
    if pg_catalog.pg_trigger_depth() = 1 then
        perform wedsync_internal.enforce_rate_limit('forms-write');
    end if;
    return null;
end
$$;
comment on function wedsync_internal.limit_forms() is 'Counts statements that change forms: rate_limited (429).';
revoke all on function wedsync_internal.limit_forms() from public;

create or replace trigger limit_forms
before insert or update or delete on wedsync_data.forms
for each statement execute function wedsync_internal.limit_forms();
comment on trigger limit_forms on wedsync_data.forms is 'Counts the statement.';

create or replace trigger limit_forms
before insert or update or delete on wedsync_data.form_fields
for each statement execute function wedsync_internal.limit_forms();
comment on trigger limit_forms on wedsync_data.form_fields is 'Counts the statement.';

create or replace trigger limit_forms
before insert or update or delete on wedsync_data.core_field_mappings
for each statement execute function wedsync_internal.limit_forms();
comment on trigger limit_forms on wedsync_data.core_field_mappings is 'Counts the statement.';

create or replace function wedsync_internal.field_catalog_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.refresh_field_names();
    return null;
end
$$;
comment on function wedsync_internal.field_catalog_changed() is 'Keeps names and masks in sync with the catalogue.';
revoke all on function wedsync_internal.field_catalog_changed() from public;

create or replace trigger field_catalog_changed
after insert or update or delete or truncate on wedsync_data.field_catalog
for each statement execute function wedsync_internal.field_catalog_changed();
comment on trigger field_catalog_changed on wedsync_data.field_catalog is 'Keeps names and masks in sync with the catalogue.';

-- the initial rows were inserted before the trigger existed
select wedsync_internal.refresh_field_names();

create or replace function wedsync_internal.field_catalog_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    changed text[];
begin
    case tg_op
        when 'INSERT' then changed := array(select distinct n.table_name from new_fields as n);
        when 'DELETE' then changed := array(select distinct o.table_name from old_fields as o);
        when 'UPDATE' then changed := array(select n.table_name from new_fields as n union select o.table_name from old_fields as o);
        else null;
    end case;
    perform wedsync_internal.rebuild_records(changed);
    perform wedsync_internal.refresh_field_names();
    return null;
end
$$;
comment on function wedsync_internal.field_catalog_changed() is 'Keeps records, names and masks in sync with the catalogue.';
revoke all on function wedsync_internal.field_catalog_changed() from public;

create or replace trigger fields_inserted after insert on wedsync_data.field_catalog
referencing new table as new_fields for each statement execute function wedsync_internal.field_catalog_changed();
comment on trigger fields_inserted on wedsync_data.field_catalog is 'Keeps records, names and masks in sync with the catalogue.';
create or replace trigger fields_updated after update on wedsync_data.field_catalog
referencing old table as old_fields new table as new_fields for each statement execute function wedsync_internal.field_catalog_changed();
comment on trigger fields_updated on wedsync_data.field_catalog is 'Keeps records, names and masks in sync with the catalogue.';
create or replace trigger fields_deleted after delete on wedsync_data.field_catalog
referencing old table as old_fields for each statement execute function wedsync_internal.field_catalog_changed();
comment on trigger fields_deleted on wedsync_data.field_catalog is 'Keeps records, names and masks in sync with the catalogue.';
create or replace trigger fields_truncated after truncate on wedsync_data.field_catalog
for each statement execute function wedsync_internal.field_catalog_changed();
comment on trigger fields_truncated on wedsync_data.field_catalog is 'Keeps names and masks in sync with the catalogue.';

-- the initial rows were inserted before the trigger existed
select wedsync_internal.refresh_field_names();

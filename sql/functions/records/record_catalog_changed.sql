create or replace function wedsync_internal.record_catalog_changed()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.rebuild_records(case when tg_op in ('INSERT', 'UPDATE') then array(select n.record_name from new_records as n) end);
    return null;
end
$$;
comment on function wedsync_internal.record_catalog_changed() is 'Keeps what the engine made in step with the catalogue.';
revoke all on function wedsync_internal.record_catalog_changed() from public;

create or replace trigger records_inserted after insert on wedsync_data.record_catalog
referencing new table as new_records for each statement execute function wedsync_internal.record_catalog_changed();
comment on trigger records_inserted on wedsync_data.record_catalog is 'Keeps what the engine made in step with the catalogue.';
create or replace trigger records_updated after update on wedsync_data.record_catalog
referencing new table as new_records for each statement execute function wedsync_internal.record_catalog_changed();
comment on trigger records_updated on wedsync_data.record_catalog is 'Keeps what the engine made in step with the catalogue.';
create or replace trigger records_deleted after delete on wedsync_data.record_catalog
for each statement execute function wedsync_internal.record_catalog_changed();
comment on trigger records_deleted on wedsync_data.record_catalog is 'Keeps what the engine made in step with the catalogue.';

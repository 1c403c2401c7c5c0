create or replace function wedsync_internal.core_fields_view_begins()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('wedsync.weddings_touched', '0', true);
    return null;
end
$$;
comment on function wedsync_internal.core_fields_view_begins() is
'Start of an UPDATE of the view: core_fields_view_update counts the affected weddings, so that a forgotten filter does not change all of them.';
revoke all on function wedsync_internal.core_fields_view_begins() from public;

create or replace trigger core_fields_view_begins
before update on wedsync.core_fields
for each statement execute function wedsync_internal.core_fields_view_begins();
comment on trigger core_fields_view_begins on wedsync.core_fields is 'Resets the count of weddings for each statement.';

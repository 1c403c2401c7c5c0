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
'An UPDATE of the view begins: core_fields_view_update counts the weddings that it touches, so that a forgotten filter does not change all of them.';
revoke all on function wedsync_internal.core_fields_view_begins() from public;

create or replace trigger core_fields_view_begins
before update on wedsync.core_fields
for each statement execute function wedsync_internal.core_fields_view_begins();
comment on trigger core_fields_view_begins on wedsync.core_fields is 'The count of weddings begins anew with each statement.';

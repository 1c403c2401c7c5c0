-- requires: architecture/fail, core_fields/core_fields
create or replace function wedsync_internal.core_fields_view_only_updates()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.fail('not_allowed', '{"rule": "records are made by register_couple and changed by UPDATE"}');
    return null;
end
$$;
comment on function wedsync_internal.core_fields_view_only_updates() is
'Refuses INSERT and DELETE on the view. Without a trigger PostgreSQL would call the view not updatable, which PostgREST answers with 500 instead of 403.';
revoke all on function wedsync_internal.core_fields_view_only_updates() from public;

create or replace trigger core_fields_view_only_updates
instead of insert or delete on wedsync.core_fields
for each row execute function wedsync_internal.core_fields_view_only_updates();
comment on trigger core_fields_view_only_updates on wedsync.core_fields is 'Records are neither inserted nor deleted through the view.';

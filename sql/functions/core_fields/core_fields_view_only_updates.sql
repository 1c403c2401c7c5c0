create or replace function wedsync_internal.core_fields_view_only_updates()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.fail(
        'read_only_view', pg_catalog.jsonb_build_object('rule', tg_op || ' of core_fields'), wedsync_internal.write_instead('core_fields')
    );
    return null;
end
$$;
comment on function wedsync_internal.core_fields_view_only_updates() is
'Rejects INSERT and DELETE on the view. Without a trigger, PostgreSQL would report that the view is not updatable, which PostgREST turns into 500 instead of 405.';
revoke all on function wedsync_internal.core_fields_view_only_updates() from public;

create or replace trigger core_fields_view_only_updates
instead of insert or delete on wedsync.core_fields
for each row execute function wedsync_internal.core_fields_view_only_updates();
comment on trigger core_fields_view_only_updates on wedsync.core_fields is 'Records cannot be inserted or deleted through the view.';

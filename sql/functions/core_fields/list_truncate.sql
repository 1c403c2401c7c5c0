create or replace function wedsync_internal.list_truncate()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- row triggers do not fire on TRUNCATE: deleting the elements first records each of them
    execute format('delete from wedsync_data.%I', tg_table_name);
    return null;
end
$$;
comment on function wedsync_internal.list_truncate() is 'Records what a TRUNCATE of a list takes away.';
revoke all on function wedsync_internal.list_truncate() from public;

create or replace trigger list_truncate
before truncate on wedsync_data.key_moments
for each statement execute function wedsync_internal.list_truncate();
comment on trigger list_truncate on wedsync_data.key_moments is 'Records what a TRUNCATE takes away.';

create or replace trigger list_truncate
before truncate on wedsync_data.wedding_party
for each statement execute function wedsync_internal.list_truncate();
comment on trigger list_truncate on wedsync_data.wedding_party is 'Records what a TRUNCATE takes away.';

create or replace trigger list_truncate
before truncate on wedsync_data.family_vips
for each statement execute function wedsync_internal.list_truncate();
comment on trigger list_truncate on wedsync_data.family_vips is 'Records what a TRUNCATE takes away.';

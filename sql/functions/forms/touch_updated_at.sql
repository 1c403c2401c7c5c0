create or replace function wedsync_internal.touch_updated_at()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := now();
    return new;
end
$$;
comment on function wedsync_internal.touch_updated_at() is 'Sets updated_at.';
revoke all on function wedsync_internal.touch_updated_at() from public;

create or replace trigger touch_updated_at
before update on wedsync_data.forms
for each row execute function wedsync_internal.touch_updated_at();
comment on trigger touch_updated_at on wedsync_data.forms is 'Sets updated_at.';

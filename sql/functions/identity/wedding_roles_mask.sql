create or replace function wedsync_internal.wedding_roles_mask()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    new.readable := wedsync_internal.names_mask(new.readable_names || new.writable_names);
    new.writable := wedsync_internal.names_mask(new.writable_names) & ~ wedsync_internal.names_mask('{class:derived}');
    return new;
end
$$;
comment on function wedsync_internal.wedding_roles_mask() is 'Computes the masks of a role; writing includes reading.';
revoke all on function wedsync_internal.wedding_roles_mask() from public;

create or replace trigger wedding_roles_mask
before insert or update on wedsync_data.wedding_roles
for each row execute function wedsync_internal.wedding_roles_mask();
comment on trigger wedding_roles_mask on wedsync_data.wedding_roles is 'Computes the masks of a role.';

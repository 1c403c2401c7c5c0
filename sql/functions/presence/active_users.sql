create or replace function wedsync.active_users(couple_id uuid)
returns setof wedsync.user_presence
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    return query
    select p.* from wedsync.user_presence as p
    where p.couple_id = active_users.couple_id and p.status <> 'offline'
    order by p.last_activity desc;
end
$$;
comment on function wedsync.active_users(uuid) is 'Users present at a wedding, latest activity first
Empty for weddings that the caller cannot access. Errors: not_signed_in (42501), invalid_value (22023).';
revoke all on function wedsync.active_users(uuid) from public;
grant execute on function wedsync.active_users(uuid) to authenticated, service_role;

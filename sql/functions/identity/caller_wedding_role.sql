create or replace function wedsync_internal.caller_wedding_role(couple_id uuid)
returns text
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select m.wedding_role
    from wedsync_data.wedding_members as m
    where m.couple_id = $1 and m.user_id = wedsync_internal.current_user_id()
$$;
comment on function wedsync_internal.caller_wedding_role(uuid) is 'The caller''s role at a wedding, null for outsiders and suppliers.';
revoke all on function wedsync_internal.caller_wedding_role(uuid) from public;
grant execute on function wedsync_internal.caller_wedding_role(uuid) to authenticated, service_role, wedsync_admin;

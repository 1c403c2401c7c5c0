create or replace function wedsync_internal.is_service()
returns boolean
language sql
stable
parallel safe
-- The database role cannot be forged by a claim. Inside definer functions current_user is the owner; the role setting still names the caller's.
return case current_setting('role')
    when 'authenticated' then false
    when 'anon' then false
    when 'none' then
        pg_has_role(session_user, 'service_role', 'usage')
        or pg_has_role(session_user, 'wedsync_admin', 'usage')
        or pg_has_role(session_user, 'wedsync_owner', 'usage')
    else
        pg_has_role(current_setting('role'), 'service_role', 'usage')
        or pg_has_role(current_setting('role'), 'wedsync_admin', 'usage')
        or pg_has_role(current_setting('role'), 'wedsync_owner', 'usage')
end;
comment on function wedsync_internal.is_service() is
'Whether the caller''s database role is a trusted server role (service_role, wedsync_admin or the owner), whatever the claims say.';
revoke all on function wedsync_internal.is_service() from public;
grant execute on function wedsync_internal.is_service() to authenticated, service_role, wedsync_admin, wedsync_worker;

create or replace function wedsync_internal.server_reader()
returns uuid
language sql
immutable
parallel safe
return 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid;
comment on function wedsync_internal.server_reader() is 'Returns the id under which reach has the rights of trusted server roles; no user has it.';
revoke all on function wedsync_internal.server_reader() from public;
grant execute on function wedsync_internal.server_reader() to authenticated, service_role, wedsync_admin;

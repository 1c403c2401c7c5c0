create or replace function wedsync_internal.sees_sharing(readable bit)
returns boolean
language sql
immutable
parallel safe
-- the number of the right sharing.autoShareBasic
return get_bit(readable, 45) = 1;
comment on function wedsync_internal.sees_sharing(bit) is 'Whether rights include the sharing of a wedding: who has access, and where changes came from.';
revoke all on function wedsync_internal.sees_sharing(bit) from public;
grant execute on function wedsync_internal.sees_sharing(bit) to authenticated, service_role, wedsync_admin;

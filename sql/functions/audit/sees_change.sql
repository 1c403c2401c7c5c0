create or replace function wedsync_internal.sees_change(readable bit, right_no smallint)
returns boolean
language sql
immutable
parallel safe
return case when right_no is null then wedsync_internal.sees_sharing(readable) else get_bit(readable, right_no) = 1 end;
comment on function wedsync_internal.sees_change(bit, smallint) is 'Whether rights include a row of the audit log: the field that it is about, or how the wedding is shared.';
revoke all on function wedsync_internal.sees_change(bit, smallint) from public;
grant execute on function wedsync_internal.sees_change(bit, smallint) to authenticated, service_role, wedsync_admin;

create or replace function wedsync_internal.reader()
returns uuid
language sql
stable
parallel safe
-- the common role is looked at first; a claim with the id of the servers opens nothing
return case
    when current_setting('role') = 'authenticated' then nullif(wedsync_internal.current_user_id(), wedsync_internal.server_reader())
    else wedsync_internal.reader_of_other_role()
end;
comment on function wedsync_internal.reader() is
'Returns the id under which reach has the caller''s rights: the caller''s own, or that of trusted server roles; null if nobody is signed in.';
revoke all on function wedsync_internal.reader() from public;
grant execute on function wedsync_internal.reader() to authenticated, service_role, wedsync_admin;

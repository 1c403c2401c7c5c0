create or replace function wedsync_internal.current_user_id()
returns uuid
language sql
stable
parallel safe
-- only what looks like a uuid is converted
return case
    when nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'
    then (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
end;
comment on function wedsync_internal.current_user_id() is
'Returns the caller''s user id: sub of the verified claims in request.jwt.claims; null if nobody is signed in or sub is not a uuid.';
revoke all on function wedsync_internal.current_user_id() from public;
grant execute on function wedsync_internal.current_user_id() to authenticated, service_role, wedsync_admin, wedsync_worker;

create or replace function wedsync_internal.current_user_id()
returns uuid
language sql
stable
parallel safe
return substring(
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
    from '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$'
)::uuid;
comment on function wedsync_internal.current_user_id() is
'The caller: sub of the verified claims in request.jwt.claims. Null when nobody is signed in or sub is not a uuid.';
revoke all on function wedsync_internal.current_user_id() from public;
grant execute on function wedsync_internal.current_user_id() to authenticated, service_role, wedsync_admin, wedsync_worker;

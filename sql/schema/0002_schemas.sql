create schema if not exists wedsync;
comment on schema wedsync is
'WedSync API
One true copy of a wedding, shared field by field. Views and functions only; expose this schema through PostgREST.';

create schema if not exists wedsync_data;
comment on schema wedsync_data is 'WedSync tables. Accessible to the owner, service_role and administrators; all others use schema wedsync.';

create schema if not exists wedsync_internal;
comment on schema wedsync_internal is 'WedSync helpers, trigger functions and worker-only functions. Not an API.';

revoke all on schema wedsync, wedsync_data, wedsync_internal from public;
grant usage on schema wedsync to anon, authenticated, service_role, wedsync_admin, wedsync_worker;
grant usage on schema wedsync_data to authenticated, service_role, wedsync_admin;
grant usage on schema wedsync_internal to anon, authenticated, service_role, wedsync_admin, wedsync_worker;

alter default privileges in schema wedsync revoke execute on functions from public;
alter default privileges in schema wedsync_internal revoke execute on functions from public;
alter default privileges revoke execute on functions from public;

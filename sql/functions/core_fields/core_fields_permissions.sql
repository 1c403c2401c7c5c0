create or replace function wedsync.core_fields_permissions(wedsync.core_fields)
returns setof wedsync.core_fields_permissions
language sql
stable
rows 20
set search_path = pg_catalog, pg_temp
begin atomic
select p.* from wedsync.core_fields_permissions as p where p.couple_id = $1.couple_id;
end;
comment on function wedsync.core_fields_permissions(wedsync.core_fields) is
'The suppliers of a record, for embedding in PostgREST: core_fields?select=*,core_fields_permissions(*)
The caller sees the same rows as in the view core_fields_permissions.';
revoke all on function wedsync.core_fields_permissions(wedsync.core_fields) from public;
grant execute on function wedsync.core_fields_permissions(wedsync.core_fields) to authenticated, service_role, wedsync_admin;

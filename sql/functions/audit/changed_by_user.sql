create or replace function wedsync.changed_by_user(wedsync.core_fields_audit)
returns setof wedsync.users
language sql
stable
rows 1
begin atomic
    -- from the row itself, which the caller has read already: no look-up
    select ($1).changed_by, ($1).changed_by_name, ($1).changed_by_name, null::text where ($1).changed_by is not null;
end;
comment on function wedsync.changed_by_user(wedsync.core_fields_audit) is
'The user behind a row of core_fields_audit, for PostgREST to embed: select=*,changed_by_user(full_name)';
revoke all on function wedsync.changed_by_user(wedsync.core_fields_audit) from public;
grant execute on function wedsync.changed_by_user(wedsync.core_fields_audit) to authenticated, service_role, wedsync_admin;

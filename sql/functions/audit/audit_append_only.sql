-- requires: architecture/fail
create or replace function wedsync_internal.audit_append_only()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.fail('not_allowed', '{"rule": "the audit log is append-only"}');
    return null;
end
$$;
comment on function wedsync_internal.audit_append_only() is 'Refuses every change of rows already written.';
revoke all on function wedsync_internal.audit_append_only() from public;

create or replace trigger audit_append_only
before update or delete on wedsync_data.audit_log
for each row execute function wedsync_internal.audit_append_only();
comment on trigger audit_append_only on wedsync_data.audit_log is 'Rows are never changed or removed.';

create or replace trigger audit_no_truncate
before truncate on wedsync_data.audit_log
for each statement execute function wedsync_internal.audit_append_only();
comment on trigger audit_no_truncate on wedsync_data.audit_log is 'Rows are never changed or removed.';

create or replace function wedsync_internal.audit_append_only()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' then
        old.salt := null;
        old.old_value := null;
        old.new_value := null;
        old.reason := null;
        old.ip_address := null;
        old.user_agent := null;
        if new is not distinct from old and exists (
            select from wedsync_data.wedding_clocks as k
            join wedsync_data.audit_log as l on l.couple_id = k.couple_id and l.chain_no = k.chain_no
            where k.couple_id = new.couple_id and l.change_type = 'erase' and l.new_value -> 'audit_ids' @> to_jsonb(new.id)
        ) then
            return new;
        end if;
    end if;
    perform wedsync_internal.fail('not_allowed', '{"rule": "the audit log is append-only"}');
    return null;
end
$$;
comment on function wedsync_internal.audit_append_only() is
'Rejects every change of existing rows except one: their contents may be erased once the newest link of the chain records it.';
revoke all on function wedsync_internal.audit_append_only() from public;

create or replace trigger audit_append_only
before update or delete on wedsync_data.audit_log
for each row execute function wedsync_internal.audit_append_only();
comment on trigger audit_append_only on wedsync_data.audit_log is 'Rows are never changed or removed, only redacted.';

create or replace trigger audit_no_truncate
before truncate on wedsync_data.audit_log
for each statement execute function wedsync_internal.audit_append_only();
comment on trigger audit_no_truncate on wedsync_data.audit_log is 'Rows are never changed or removed.';

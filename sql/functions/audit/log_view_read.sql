create or replace function wedsync_internal.log_view_read(couple_id uuid, view_name text)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    noted constant text := coalesce(current_setting('wedsync.views_read', true), '');
    this constant text := ' ' || view_name || '/' || couple_id;
    rule integer;
begin
    -- once per wedding and transaction, not per row
    if strpos(noted, this) > 0 then
        return true;
    end if;
    -- callers of the views may execute this function themselves: no free text of theirs enters the couple's log
    if view_name is distinct from 'core_fields' and wedsync_internal.reads_are_logged(view_name) is not true then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "view_name", "rule": "a view whose reads are logged"}');
    end if;
    if current_setting('transaction_read_only') = 'off' then
        perform wedsync_internal.log_access(couple_id, view_name);
    else
        select s.value into rule from wedsync_data.settings as s where s.name = 'supplier_view_reads';
        if rule >= 2 then
            perform wedsync_internal.fail('read_is_logged', null, 'Call get_core_fields or get_audit_trail with POST.');
        elsif rule = 1 then
            raise log 'wedsync: user % read % of wedding % for a supplier', wedsync_internal.current_user_id(), view_name, couple_id;
        end if;
    end if;
    perform set_config('wedsync.views_read', noted || this, true);
    return true;
end
$$;
comment on function wedsync_internal.log_view_read(uuid, text) is
'Called by the views for rows that a supplier reads; always true. Logs the read in the access log or, in a read-only transaction, as the setting supplier_view_reads defines.';
revoke all on function wedsync_internal.log_view_read(uuid, text) from public;
grant execute on function wedsync_internal.log_view_read(uuid, text) to authenticated, service_role, wedsync_admin;

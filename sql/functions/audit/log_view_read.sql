create or replace function wedsync_internal.log_view_read(couple_id uuid, view_name text)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    claims constant text := coalesce(current_setting('request.jwt.claims', true), '');
    this constant text := ' ' || view_name || '/' || couple_id;
    noted text := coalesce(current_setting('wedsync.views_read', true), '');
    is_first boolean;
    rule integer;
begin
    if noted <> '' and claims is distinct from current_setting('wedsync.views_reader', true) then
        perform wedsync_internal.log_noted_reads();
        noted := '';
    end if;
    -- once per wedding and transaction, not per row
    if strpos(noted, this) > 0 then
        return true;
    end if;
    -- callers of the views may execute this function themselves: no free text of theirs enters the couple's log
    if wedsync_internal.reads_are_logged(view_name) is not true then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "view_name", "rule": "a view whose reads are logged"}');
    end if;
    is_first := noted = '';
    -- assigned, because PERFORM would execute a query for each row
    noted := set_config('wedsync.views_read', noted || this, true);
    if is_first then
        perform set_config('wedsync.views_reader', claims, true);
    end if;
    if current_setting('transaction_read_only') = 'on' then
        perform set_config('wedsync.reads_logged', length(noted)::text, true);
        select s.value into rule from wedsync_data.settings as s where s.name = 'supplier_view_reads';
        if rule >= 2 then
            perform wedsync_internal.fail('read_is_logged', null, 'Call get_core_fields or get_audit_trail with POST.');
        elsif rule = 1 then
            raise log 'wedsync: user % read % of wedding % for a supplier', wedsync_internal.current_user_id(), view_name, couple_id;
        end if;
    elsif is_first then
        perform set_config('wedsync.reads_logged', length(noted)::text, true);
        perform wedsync_internal.log_access(couple_id, view_name);
    elsif current_setting('wedsync.reads_noted', true) is distinct from 'on' then
        -- a list is logged by one statement when the transaction commits. Noted first, because the trigger may have been made immediate.
        perform set_config('wedsync.reads_noted', 'on', true);
        insert into wedsync_data.unlogged_reads default values;
    end if;
    return true;
end
$$;
comment on function wedsync_internal.log_view_read(uuid, text) is
'Called by the views for rows that a supplier reads; always true. Logs the read of the first wedding in the access log and notes those of others, which are logged at commit; in a read-only transaction, the setting supplier_view_reads defines what happens.';
revoke all on function wedsync_internal.log_view_read(uuid, text) from public;
grant execute on function wedsync_internal.log_view_read(uuid, text) to authenticated, service_role, wedsync_admin;

create or replace function wedsync.remove_list_element(couple_id uuid, list text, element_id uuid, reason text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    target record;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write');
    perform wedsync_internal.require_given('{couple_id,list,element_id}', array[couple_id is not null, list is not null, element_id is not null]);
    select o.* into target from wedsync_internal.authorize_list(list, couple_id, array(
        select c.json_key from wedsync_data.field_catalog as c
        join wedsync_data.field_names as n on n.name = list and n.kind = 'list' and c.path like n.path || '.%'
    )) as o;
    if wedsync_internal.element_value(target.list_name, couple_id, element_id, null) is null then
        perform wedsync_internal.fail('not_found');
    end if;
    perform set_config('wedsync.change_reason', coalesce(left(reason, 1000), ''), true);
    perform wedsync_internal.delete_element(target.list_name, couple_id, element_id);
    perform set_config('wedsync.change_reason', '', true);
    return pg_catalog.jsonb_build_object('success', true, 'message', 'Element removed', 'timestamp', pg_catalog.clock_timestamp());
end
$$;
comment on function wedsync.remove_list_element(uuid, text, uuid, text) is
'Removes an element from a list of a wedding; requires the right to write all keys of the list
The audit trail keeps its values, so that revert_change can restore it. Returns {success, message, timestamp}. Errors: fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.remove_list_element(uuid, text, uuid, text) from public;
grant execute on function wedsync.remove_list_element(uuid, text, uuid, text) to authenticated, service_role, wedsync_admin;

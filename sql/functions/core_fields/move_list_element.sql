create or replace function wedsync.move_list_element(couple_id uuid, list text, element_id uuid, after_id uuid default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    target record;
    place text;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write');
    perform wedsync_internal.require_given('{couple_id,list,element_id}', array[couple_id is not null, list is not null, element_id is not null]);
    select o.* into target from wedsync_internal.authorize_list(list, couple_id, '{name}') as o;
    if wedsync_internal.element_value(target.list_name, couple_id, element_id, null) is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if after_id = element_id then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "after_id", "rule": "another element"}');
    end if;
    place := wedsync_internal.place_in_list(target.list_name, couple_id, after_id, element_id);
    perform wedsync_internal.place_elements(target.list_name, couple_id, array[element_id], array[place]);
    return pg_catalog.jsonb_build_object('success', true, 'message', 'Element moved', 'timestamp', pg_catalog.clock_timestamp());
end
$$;
comment on function wedsync.move_list_element(uuid, text, uuid, uuid) is
'Moves an element of a list behind another, or to the front when after_id is null
Returns {success, message, timestamp}. Errors: fields_not_allowed (42501), not_found (PT404), invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.move_list_element(uuid, text, uuid, uuid) from public;
grant execute on function wedsync.move_list_element(uuid, text, uuid, uuid) to authenticated, service_role, wedsync_admin;

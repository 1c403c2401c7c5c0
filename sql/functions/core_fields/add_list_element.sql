create or replace function wedsync.add_list_element(couple_id uuid, list text, element jsonb, after_id uuid default null, reason text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    target record;
    element_id uuid;
    order_key text;
    problems jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write');
    perform wedsync_internal.check_json(element, 'element', wedsync_internal.setting_limit('patch_max_bytes'));
    perform wedsync_internal.require_given('{couple_id,list}', array[couple_id is not null, list is not null]);
    if element is null or pg_catalog.jsonb_typeof(element) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "element", "rule": "object"}');
    end if;
    if pg_catalog.jsonb_typeof(element -> 'id') <> 'string' or element ->> 'id' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "element.id", "rule": "a uuid, or omitted"}');
    end if;
    select o.* into target from wedsync_internal.authorize_list(
        list, couple_id, array(select k.key from pg_catalog.jsonb_object_keys(element) as k (key) where k.key <> 'id')
    ) as o;
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', target.list_path || '.' || e.key, 'rule', p.rule)) into problems
    from pg_catalog.jsonb_each(element - 'id') as e
    left join wedsync_data.field_catalog as c on c.column_name = target.list_name and c.json_key = e.key
    cross join lateral (select case when c.right_no is null then 'unknown_path' else wedsync_internal.field_problem(c, e.value) end) as p (rule)
    where p.rule is not null;
    if problems is null and coalesce(element ->> 'name', '') !~ '\S' then
        problems := pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('path', target.list_path || '.name', 'rule', 'not_blank'));
    end if;
    if problems is null and pg_catalog.jsonb_array_length(
        wedsync_internal.list_document(target.list_name, couple_id, repeat('0', 128)::bit(128))
    ) >= wedsync_internal.setting_limit('list_max_elements') then
        problems := pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('path', target.list_path, 'rule', 'too_many_elements'));
    end if;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    element_id := coalesce((element ->> 'id')::uuid, pg_catalog.gen_random_uuid());
    if wedsync_internal.element_value(target.list_name, couple_id, element_id, null) is not null then
        perform wedsync_internal.fail('state_conflict', pg_catalog.jsonb_build_object('rule', 'an element with this id exists', 'id', element_id), 'Change it with update_core_fields, or leave out the id.');
    end if;
    order_key := wedsync_internal.place_in_list(
        target.list_name, couple_id, coalesce(after_id, wedsync_internal.element_before(target.list_name, couple_id, null))
    );
    perform set_config('wedsync.change_reason', coalesce(left(reason, 1000), ''), true);
    perform wedsync_internal.store_element(target.list_name, couple_id, element_id, order_key, element);
    perform set_config('wedsync.change_reason', '', true);
    return pg_catalog.jsonb_build_object(
        'success', true, 'id', element_id, 'message', 'Element added', 'timestamp', pg_catalog.clock_timestamp()
    );
end
$$;
comment on function wedsync.add_list_element(uuid, text, jsonb, uuid, text) is
'Adds an element to a list of a wedding (key_moments, wedding_party or family_vips)
element contains the list''s keys and optionally an id (uuid). It is inserted after after_id, or last. Returns {success, id, message, timestamp}.
Errors: fields_not_allowed (42501), not_found (PT404), state_conflict (PT409) for an id in use, too_large (PT413), invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.add_list_element(uuid, text, jsonb, uuid, text) from public;
grant execute on function wedsync.add_list_element(uuid, text, jsonb, uuid, text) to authenticated, service_role, wedsync_admin;

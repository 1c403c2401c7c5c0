create or replace function wedsync.submit_form_response(form_id uuid, couple_id uuid, data jsonb)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    form wedsync_data.forms;
    problems jsonb;
    response uuid;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{form_id,couple_id,data}', array[form_id is not null, couple_id is not null, data is not null]);
    perform wedsync_internal.check_json(data, 'data', wedsync_internal.setting_limit('patch_max_bytes'));
    if pg_catalog.jsonb_typeof(data) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "data", "rule": "object"}');
    end if;
    select f.* into form from wedsync_data.forms as f where f.id = submit_form_response.form_id;
    if form.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    -- outsiders take no lock, and the right is checked again under the lock
    for look in 1..2 loop
        if not wedsync_internal.is_service() and not exists (
            select from wedsync_data.wedding_members as m
            where m.couple_id = submit_form_response.couple_id and m.user_id = wedsync_internal.current_user_id() and m.wedding_role in ('partner', 'planner')
        ) or not exists (
            select from wedsync_data.connections as c where c.couple_id = submit_form_response.couple_id and c.supplier_id = form.supplier_id
        ) then
            perform wedsync_internal.fail('not_found');
        end if;
        if look = 1 then
            -- also keeps the number of responses correct
            perform wedsync_internal.lock_wedding(couple_id);
        end if;
    end loop;
    perform wedsync_internal.enforce_cap('responses_per_form', (
        select count(*) from wedsync_data.form_responses as r where r.form_id = form.id and r.couple_id = submit_form_response.couple_id
    ));
    select pg_catalog.jsonb_agg(p.problem) into problems
    from (
        select pg_catalog.jsonb_build_object('path', k.key, 'rule', 'unknown_field') as problem
        from pg_catalog.jsonb_object_keys(data) as k (key)
        where not exists (select from wedsync_data.form_fields as f where f.form_id = form.id and f.name = k.key)
        union all
        select pg_catalog.jsonb_build_object('path', f.name, 'rule', 'required')
        from wedsync_data.form_fields as f
        where f.form_id = form.id and f.is_required and coalesce(data -> f.name, 'null') in ('null', '""', '[]')
    ) as p;
    if problems is not null then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    insert into wedsync_data.form_responses (form_id, supplier_id, couple_id, data, submitted_by)
    values (form.id, form.supplier_id, submit_form_response.couple_id, submit_form_response.data, wedsync_internal.current_user_id())
    returning id into response;
    return response;
end
$$;
comment on function wedsync.submit_form_response(uuid, uuid, jsonb) is
'Submits a couple''s response to a form of a connected supplier and returns the response id
data maps names of form fields to answers. For partners and planners. Errors: not_signed_in (42501), not_found (PT404), cap_reached (PT409), invalid_fields (PT422), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.submit_form_response(uuid, uuid, jsonb) from public;
grant execute on function wedsync.submit_form_response(uuid, uuid, jsonb) to authenticated, service_role;

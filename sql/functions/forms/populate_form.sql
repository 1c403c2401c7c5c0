create or replace function wedsync.populate_form(form_id uuid, couple_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    readable bit(128);
    supplier_readable bit(128);
    form wedsync_data.forms;
    present wedsync_data.core_fields;
    field record;
    named record;
    transformed record;
    data jsonb := '{}'::jsonb;
    problems jsonb := '[]'::jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-populate');
    if not wedsync_internal.is_service() then
        perform wedsync_internal.require_user();
    end if;
    perform wedsync_internal.require_given('{form_id,couple_id}', array[form_id is not null, couple_id is not null]);
    select a.readable into readable from wedsync_internal.caller_access as a where a.couple_id = populate_form.couple_id;
    select f.* into form from wedsync_data.forms as f where f.id = populate_form.form_id;
    select bit_or(g.readable) into supplier_readable
    from wedsync_data.grants as g
    where g.couple_id = populate_form.couple_id and g.grantee_id = form.supplier_id
        and g.state = 'approved' and g.valid_from <= now() and g.valid_until > now();
    -- suppliers fill their own forms, couples those of their suppliers, never with more than the form's supplier may read
    if readable is null or supplier_readable is null or not (
        wedsync_internal.is_service()
        or form.supplier_id = any (wedsync_internal.caller_supplier_ids())
        or exists (
            select from wedsync_data.wedding_members as m
            where m.couple_id = populate_form.couple_id and m.user_id = wedsync_internal.current_user_id()
        )
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
    readable := readable & supplier_readable;
    select f.* into present from wedsync_data.core_fields as f where f.couple_id = populate_form.couple_id;
    if present.couple_id is null then
        perform wedsync_internal.fail('not_found');
    end if;

    for field in
        select f.name, f.is_required, m.core_field_path, m.transformation_rule
        from wedsync_data.form_fields as f
        left join wedsync_data.core_field_mappings as m on m.form_id = f.form_id and m.form_field_name = f.name and m.auto_populate
        where f.form_id = populate_form.form_id
        order by f."position", f.name
    loop
        if field.core_field_path is null then
            if field.is_required then
                problems := problems || pg_catalog.jsonb_build_object('field', field.name, 'problem', 'required, but not mapped');
            end if;
            continue;
        end if;
        select v.* into named from wedsync_internal.named_value(present, field.core_field_path, readable) as v;
        if named.withheld then
            problems := problems || pg_catalog.jsonb_build_object('field', field.name, 'path', field.core_field_path, 'problem', 'not shared with this supplier');
            continue;
        end if;
        select t.* into transformed from wedsync_internal.transform_value(named.value, field.transformation_rule) as t;
        if transformed.problem is not null then
            problems := problems || pg_catalog.jsonb_build_object('field', field.name, 'path', field.core_field_path, 'problem', transformed.problem);
        elsif pg_column_size(data) + coalesce(pg_column_size(transformed.result), 0) > 4194304 then
            problems := problems || pg_catalog.jsonb_build_object('field', field.name, 'path', field.core_field_path, 'problem', 'the filled form would exceed 4 MB');
        elsif transformed.result is not null then
            data := data || pg_catalog.jsonb_build_object(field.name, transformed.result);
        elsif field.is_required then
            problems := problems || pg_catalog.jsonb_build_object('field', field.name, 'path', field.core_field_path, 'problem', 'required, but empty');
        end if;
    end loop;

    insert into wedsync_data.form_populations as p (form_id, couple_id, populated_count, problem_count, populated_by)
    values (
        populate_form.form_id, populate_form.couple_id,
        (select count(*) from pg_catalog.jsonb_object_keys(data)), pg_catalog.jsonb_array_length(problems), wedsync_internal.current_user_id()
    )
    on conflict on constraint form_populations_pkey do update
    set populations = p.populations + 1, populated_count = greatest(p.populated_count, excluded.populated_count),
        problem_count = excluded.problem_count, populated_by = excluded.populated_by, populated_at = excluded.populated_at;
    perform wedsync_internal.log_access(couple_id, 'populate_form');
    return pg_catalog.jsonb_build_object(
        'success', true,
        'data', data,
        'populated_fields', (select coalesce(pg_catalog.jsonb_agg(k.key order by k.key), '[]') from pg_catalog.jsonb_object_keys(data) as k (key)),
        'problems', problems,
        'message', (select count(*) from pg_catalog.jsonb_object_keys(data)) || ' fields auto-populated',
        'timestamp', pg_catalog.clock_timestamp()
    );
end
$$;
comment on function wedsync.populate_form(uuid, uuid) is
'Fills a supplier''s form from a wedding''s core fields
Uses only fields that both the caller and the form''s supplier may read. Empty fields are omitted; fields that cannot be filled are listed in problems as {field, path, problem}, and the others are filled.
Returns {success, data, populated_fields, problems, message, timestamp}. Errors: not_signed_in (42501), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.populate_form(uuid, uuid) from public;
grant execute on function wedsync.populate_form(uuid, uuid) to authenticated, service_role, wedsync_admin;

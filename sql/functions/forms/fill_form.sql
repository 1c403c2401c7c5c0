create or replace function wedsync_internal.fill_form(form_id uuid, couple_id uuid, readable bit)
returns jsonb
language plpgsql
volatile
as $$
declare
    present wedsync_data.core_fields;
    field record;
    named record;
    transformed record;
    data jsonb := '{}'::jsonb;
    problems jsonb := '[]'::jsonb;
begin
    select f.* into present from wedsync_data.core_fields as f where f.couple_id = fill_form.couple_id;
    if present.couple_id is null then
        return null;
    end if;

    for field in
        select f.name, f.is_required, m.core_field_path, m.transformation_rule
        from wedsync_data.form_fields as f
        left join wedsync_data.core_field_mappings as m on m.form_id = f.form_id and m.form_field_name = f.name and m.auto_populate
        where f.form_id = fill_form.form_id
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
        fill_form.form_id, fill_form.couple_id,
        (select count(*) from pg_catalog.jsonb_object_keys(data)), pg_catalog.jsonb_array_length(problems), wedsync_internal.current_user_id()
    )
    on conflict on constraint form_populations_pkey do update
    set populations = p.populations + 1, populated_count = greatest(p.populated_count, excluded.populated_count),
        problem_count = excluded.problem_count, populated_by = excluded.populated_by, populated_at = excluded.populated_at;
    return pg_catalog.jsonb_build_object('data', data, 'problems', problems);
end
$$;
comment on function wedsync_internal.fill_form(uuid, uuid, bit) is
'Fills a form from the core fields of a wedding that these rights cover, and counts it: {data, problems}; null if there is no such wedding. The caller has checked whose form and whose rights these are.';
revoke all on function wedsync_internal.fill_form(uuid, uuid, bit) from public;

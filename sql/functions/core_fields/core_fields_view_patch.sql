create or replace function wedsync_internal.core_fields_view_patch(changed jsonb, before jsonb)
returns jsonb
language plpgsql
stable
as $$
declare
    patch jsonb := '{}'::jsonb;
    missing jsonb := '[]'::jsonb;
    entry record;
begin
    for entry in select e.key, e.value, null::jsonb as old_value from pg_catalog.jsonb_each(changed) as e loop
        if pg_catalog.jsonb_typeof(entry.value) = 'string' and pg_column_size(entry.value) < 1000 then
            patch := patch || pg_catalog.jsonb_build_object(entry.key, entry.value);
            continue;
        end if;
        entry.old_value := before -> entry.key;
        -- lists are sent back as a whole, so they may be as long as before plus the size of a patch
        perform wedsync_internal.check_json(
            entry.value, entry.key, wedsync_internal.setting_limit('patch_max_bytes') + coalesce(octet_length(entry.old_value::text), 0)
        );
        if pg_catalog.jsonb_typeof(entry.value) = 'object' and pg_catalog.jsonb_typeof(entry.old_value) = 'object' then
            -- assigning an object replaces it: omitted keys become empty, except derived ones; unchanged keys require no right
            entry.value := (
                select coalesce(pg_catalog.jsonb_object_agg(k.key, coalesce(entry.value -> k.key, 'null')), '{}')
                from (
                    select given.key from pg_catalog.jsonb_object_keys(entry.value) as given (key)
                    union
                    select c.json_key from wedsync_data.field_catalog as c
                    where c.column_name = entry.key and c.is_writable and entry.old_value ? c.json_key
                ) as k (key)
                where coalesce(entry.value -> k.key, 'null') is distinct from coalesce(entry.old_value -> k.key, 'null')
            );
        elsif pg_catalog.jsonb_typeof(entry.old_value) = 'array' and entry.key in ('key_moments', 'wedding_party', 'family_vips')
            and pg_catalog.jsonb_typeof(entry.value) = 'array' then
            missing := missing || (
                select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', entry.key || '/' || (o.v ->> 'id'), 'rule', 'not_removed_by_leaving_out')), '[]')
                from pg_catalog.jsonb_array_elements(entry.old_value) as o (v)
                where not exists (select from pg_catalog.jsonb_array_elements(entry.value) as n (v) where n.v ->> 'id' = o.v ->> 'id')
            );
            entry.value := (
                select coalesce(pg_catalog.jsonb_agg(c.v order by n.position), '[]')
                from pg_catalog.jsonb_array_elements(entry.value) with ordinality as n (v, position)
                left join pg_catalog.jsonb_array_elements(entry.old_value) as o (v) on o.v ->> 'id' = n.v ->> 'id'
                cross join lateral (
                    select case when o.v is null then n.v else (
                        select pg_catalog.jsonb_object_agg(k.key, k.value) from pg_catalog.jsonb_each(n.v) as k
                        where k.key = 'id' or k.value is distinct from o.v -> k.key
                    ) end
                ) as c (v)
                where o.v is null or c.v - 'id' <> '{}'
            );
        end if;
        if entry.value in ('{}', '[]') and pg_catalog.jsonb_typeof(entry.old_value) = pg_catalog.jsonb_typeof(entry.value)
            and entry.key not in ('wedding_style', 'wedding_colors') then
            continue;
        end if;
        patch := patch || pg_catalog.jsonb_build_object(entry.key, entry.value);
    end loop;
    if missing <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', missing), 'Use remove_list_element.');
    end if;
    perform wedsync_internal.check_json(patch, 'patch', wedsync_internal.setting_limit('patch_max_bytes'));
    return patch;
end
$$;
comment on function wedsync_internal.core_fields_view_patch(jsonb, jsonb) is
'The patch that an UPDATE of the view core_fields means, from the columns that it changes and the whole row before: objects and lists are compared with what they were, and elements of lists that are left out are refused.';
revoke all on function wedsync_internal.core_fields_view_patch(jsonb, jsonb) from public;

create or replace function wedsync_internal.mask_record(record jsonb, masked_columns jsonb, masked_keys jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    if record is null then
        return null;
    end if;
    record := record || masked_columns;
    if masked_keys <> '{}' then
        record := record || coalesce((
            select pg_catalog.jsonb_object_agg(h.column_name, case pg_catalog.jsonb_typeof(record -> h.column_name)
                when 'object' then (record -> h.column_name) - h.keys
                when 'array' then (
                    select coalesce(pg_catalog.jsonb_agg(e.v - h.keys order by e.position), '[]')
                    from pg_catalog.jsonb_array_elements(record -> h.column_name) with ordinality as e (v, position)
                )
                else record -> h.column_name
            end)
            from (
                select m.key as column_name, array(select pg_catalog.jsonb_array_elements_text(m.value)) as keys
                from pg_catalog.jsonb_each(masked_keys) as m
                where record ? m.key
            ) as h
        ), '{}');
    end if;
    return record;
end
$$;
comment on function wedsync_internal.mask_record(jsonb, jsonb, jsonb) is 'A record as a group may see it: hidden columns null, hidden keys removed, withheld_fields added.';
revoke all on function wedsync_internal.mask_record(jsonb, jsonb, jsonb) from public;

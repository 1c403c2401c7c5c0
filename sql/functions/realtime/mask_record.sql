create or replace function wedsync_internal.mask_record(record jsonb, masked_columns jsonb, masked_keys jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    hidden jsonb;
begin
    if record is null then
        return null;
    end if;
    record := record || masked_columns;
    if masked_keys <> '[]' then
        for hidden in select h.v from pg_catalog.jsonb_array_elements(masked_keys) as h (v) loop
            case pg_catalog.jsonb_typeof(record -> (hidden ->> 0))
                when 'object' then
                    record := record #- array[hidden ->> 0, hidden ->> 1];
                when 'array' then
                    record := pg_catalog.jsonb_set(record, array[hidden ->> 0], (
                        select coalesce(pg_catalog.jsonb_agg(e.v - (hidden ->> 1) order by e.position), '[]')
                        from pg_catalog.jsonb_array_elements(record -> (hidden ->> 0)) with ordinality as e (v, position)
                    ));
                else
                    null;
            end case;
        end loop;
    end if;
    return record;
end
$$;
comment on function wedsync_internal.mask_record(jsonb, jsonb, jsonb) is 'A record as an audience may see it: hidden columns null, hidden keys removed, withheld_fields added.';
revoke all on function wedsync_internal.mask_record(jsonb, jsonb, jsonb) from public;

create or replace function wedsync_internal.visible_element_keys(elements jsonb, list_name text, readable bit)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    hidden text[];
begin
    if elements is null then
        return '[]'::jsonb;
    end if;
    hidden := array(
        select c.json_key from wedsync_data.field_catalog as c
        where c.column_name = list_name and get_bit(readable, c.right_no) = 0
    );
    if hidden = '{}' then
        return elements;
    end if;
    return (
        select coalesce(pg_catalog.jsonb_agg(e.v - hidden order by e.position), '[]')
        from pg_catalog.jsonb_array_elements(elements) with ordinality as e (v, position)
    );
end
$$;
comment on function wedsync_internal.visible_element_keys(jsonb, text, bit) is 'The elements of a list without the keys that may not be read. Reads only the catalogue.';
revoke all on function wedsync_internal.visible_element_keys(jsonb, text, bit) from public;

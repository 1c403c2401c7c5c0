create or replace function wedsync_internal.named_value(record wedsync_data.core_fields, name text, readable bit, out value jsonb, out withheld boolean)
language plpgsql
stable
as $$
declare
    target wedsync_data.field_names;
    field wedsync_data.field_catalog;
begin
    select n.* into target from wedsync_data.field_names as n where n.name = named_value.name;
    withheld := (target.mask & readable) = repeat('0', 128)::bit(128);
    if withheld then
        return;
    end if;
    if target.kind = 'list' then
        value := wedsync_internal.list_document(
            (select c.column_name from wedsync_data.field_catalog as c where c.path like target.path || '.%' limit 1),
            record.couple_id, readable
        );
    elsif target.kind = 'field' then
        select c.* into field from wedsync_data.field_catalog as c where c.right_no = target.right_no;
        if field.storage = 'element' then
            value := pg_catalog.jsonb_path_query_array(
                wedsync_internal.list_document(field.column_name, record.couple_id, readable), '$[*].keyvalue() ? (@.key == $key).value',
                pg_catalog.jsonb_build_object('key', field.json_key)
            );
        else
            value := wedsync_internal.core_fields_value(record, field.right_no);
        end if;
    else
        select pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_object_agg(coalesce(c.json_key, c.column_name), wedsync_internal.core_fields_value(record, c.right_no)))
        into value
        from wedsync_data.field_catalog as c
        where c.storage <> 'element' and get_bit(target.mask & readable, c.right_no) = 1;
    end if;
end
$$;
comment on function wedsync_internal.named_value(wedsync_data.core_fields, text, bit) is
'Returns the value of any name of the field catalogue within the readable fields: a field, a list, one field of every list element, or an object; withheld is true if none of it is readable.';
revoke all on function wedsync_internal.named_value(wedsync_data.core_fields, text, bit) from public;

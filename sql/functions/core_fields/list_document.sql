create or replace function wedsync_internal.list_document(list_name text, couple_id uuid, readable bit)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    hidden constant text[] := array(
        select c.json_key from wedsync_data.core_field_catalog as c
        where c.column_name = list_name and get_bit(readable, c.leaf_no) = 0
    ) || '{couple_id,order_key}'::text[];
begin
    case list_name
        when 'key_moments' then
            return (select coalesce(pg_catalog.jsonb_agg(to_jsonb(e) - hidden order by e.order_key), '[]')
                from wedsync_data.key_moments as e where e.couple_id = list_document.couple_id);
        when 'wedding_party' then
            return (select coalesce(pg_catalog.jsonb_agg(to_jsonb(e) - hidden order by e.order_key), '[]')
                from wedsync_data.wedding_party as e where e.couple_id = list_document.couple_id);
        when 'family_vips' then
            return (select coalesce(pg_catalog.jsonb_agg(to_jsonb(e) - hidden order by e.order_key), '[]')
                from wedsync_data.family_vips as e where e.couple_id = list_document.couple_id);
    end case;
end
$$;
comment on function wedsync_internal.list_document(text, uuid, bit) is 'A list of a wedding as an array of objects, in order, each with its id and the readable keys only.';
revoke all on function wedsync_internal.list_document(text, uuid, bit) from public;

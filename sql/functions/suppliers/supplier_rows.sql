create or replace function wedsync_internal.supplier_rows(couple_id uuid, record_name text, readable bit, after_id uuid, max_rows integer)
returns jsonb
language plpgsql
stable
as $$
declare
    mask constant wedsync_data.visibility_masks := wedsync_internal.visibility(readable);
    found jsonb;
begin
    -- without knowing what to hide, no row is shown
    if not coalesce(mask.masked_columns ? record_name, false) or not exists (
        select from wedsync_data.field_catalog as f where f.table_name = supplier_rows.record_name and get_bit(readable, f.right_no) = 1
    ) then
        return null;
    end if;
    execute format(
        'select coalesce(pg_catalog.jsonb_agg(to_jsonb(r) || $4 order by r.id), ''[]'') from (
            select e.couple_id, e.id, e.version_number, e.last_updated_by, e.created_at, e.updated_at, %s
            from wedsync_data.%I as e where e.couple_id = $1 and ($2 is null or e.id > $2) order by e.id limit $3
        ) as r', (
            select string_agg(format('e.%I', f.column_name), ', ' order by f.right_no, f.path) from wedsync_data.field_catalog as f
            where f.table_name = supplier_rows.record_name and get_bit(readable, f.right_no) = 1
        ), record_name
    ) into found using couple_id, after_id, max_rows, mask.masked_columns -> record_name;
    return pg_catalog.jsonb_build_object(
        'rows', found, 'next', case when pg_catalog.jsonb_array_length(found) = max_rows then found -> -1 -> 'id' end
    );
end
$$;
comment on function wedsync_internal.supplier_rows(uuid, text, bit, uuid, integer) is
'A page of the rows of a record as a supplier with these rights reads them in its view: {rows, next}, next is the id after which more may follow. Null without a right to any field.';
revoke all on function wedsync_internal.supplier_rows(uuid, text, bit, uuid, integer) from public;

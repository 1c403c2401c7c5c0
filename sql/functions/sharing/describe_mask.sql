create or replace function wedsync_internal.describe_mask(readable bit)
returns wedsync_data.visibility_masks
language plpgsql
stable
as $$
declare
    described wedsync_data.visibility_masks;
    hidden jsonb;
begin
    described.readable := readable;
    described.withheld_fields := wedsync_internal.mask_paths(~ readable);
    described.sees_all := described.withheld_fields = '{}';
    described.shows := (
        select '[0:127]={' || string_agg(case get_bit(readable, n) when 1 then 't' else 'f' end, ',' order by n) || '}' from generate_series(0, 127) as n
    )::boolean[];
    select
        coalesce(pg_catalog.jsonb_object_agg(c.column_name, null) filter (where c.is_hidden), '{}')
            || pg_catalog.jsonb_build_object('withheld_fields', described.withheld_fields),
        coalesce(pg_catalog.jsonb_object_agg(c.column_name, c.hidden_keys) filter (where not c.is_hidden and c.hidden_keys <> '[]'), '{}'),
        coalesce(pg_catalog.jsonb_object_agg(c.column_name || '_hidden', c.hidden_keys) filter (where not c.is_hidden and c.has_keys), '{}')
    into described.masked_columns, described.masked_keys, hidden
    from (
        select f.column_name, bool_and(get_bit(readable, f.right_no) = 0) as is_hidden, bool_or(f.storage <> 'column') as has_keys,
            coalesce(pg_catalog.jsonb_agg(f.json_key order by f.right_no) filter (where f.storage <> 'column' and get_bit(readable, f.right_no) = 0), '[]')
                as hidden_keys
        from wedsync_data.field_catalog as f
        group by f.column_name
    ) as c;
    -- by column name, such as couple_address_hidden
    return pg_catalog.jsonb_populate_record(described, hidden);
end
$$;
comment on function wedsync_internal.describe_mask(bit) is 'The visibility for a rights mask, computed from the catalogue.';
revoke all on function wedsync_internal.describe_mask(bit) from public;

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
    described.withheld_fields := array(
        select p.path from wedsync_data.record_catalog as r
        cross join lateral unnest(wedsync_internal.record_paths(r.record_name, ~ readable)) as p (path)
        where r.shape = 'document'
    );
    described.sees_all := not exists (select from wedsync_data.field_catalog as f where get_bit(readable, f.right_no) = 0);
    described.shows := (
        select '[0:127]={' || string_agg(case get_bit(readable, n) when 1 then 't' else 'f' end, ',' order by n) || '}' from generate_series(0, 127) as n
    )::boolean[];
    with columns as (
        select
            coalesce(r.shown_in, r.record_name) as view_name, f.column_name, bool_and(get_bit(readable, f.right_no) = 0) as is_hidden,
            bool_or(f.storage <> 'column') as has_keys,
            coalesce(pg_catalog.jsonb_agg(f.json_key order by f.right_no) filter (where f.storage <> 'column' and get_bit(readable, f.right_no) = 0), '[]')
                as hidden_keys
        from wedsync_data.field_catalog as f
        join wedsync_data.record_catalog as r on r.record_name = f.table_name
        group by 1, 2
    ),
    views as (
        select
            r.record_name, r.shape = 'rows' as is_rows, wedsync_internal.record_paths(r.record_name, ~ readable) as withheld,
            coalesce(pg_catalog.jsonb_object_agg(c.column_name, null) filter (where c.is_hidden), '{}') as hidden_columns,
            coalesce(pg_catalog.jsonb_object_agg(c.column_name, c.hidden_keys) filter (where not c.is_hidden and c.hidden_keys <> '[]'), '{}') as hidden_keys,
            coalesce(pg_catalog.jsonb_object_agg(c.column_name || '_hidden', c.hidden_keys) filter (where not c.is_hidden and c.has_keys), '{}') as keys_by_column
        from wedsync_data.record_catalog as r
        join columns as c on c.view_name = r.record_name
        group by r.record_name, r.shape
    )
    select
        pg_catalog.jsonb_object_agg(
            v.record_name,
            v.hidden_columns
                -- these would reveal changes of hidden fields
                || case when v.is_rows and v.withheld <> '{}' then '{"version_number": null, "last_updated_by": null, "updated_at": null}' else '{}' end::jsonb
                || pg_catalog.jsonb_build_object('withheld_fields', v.withheld)
        ),
        pg_catalog.jsonb_object_agg(v.record_name, v.hidden_keys),
        coalesce(pg_catalog.jsonb_object_agg(v.record_name || '_withheld', v.withheld) filter (where v.is_rows), '{}')
            || (select pg_catalog.jsonb_object_agg(k.key, k.value) from views as w cross join lateral pg_catalog.jsonb_each(w.keys_by_column) as k)
    into described.masked_columns, described.masked_keys, hidden
    from views as v;
    -- by column name, such as couple_address_hidden
    return pg_catalog.jsonb_populate_record(described, coalesce(hidden, '{}'));
end
$$;
comment on function wedsync_internal.describe_mask(bit) is 'The visibility of each record for a rights mask, computed from the catalogue.';
revoke all on function wedsync_internal.describe_mask(bit) from public;

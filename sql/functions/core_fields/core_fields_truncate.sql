create or replace function wedsync_internal.core_fields_truncate()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- row triggers do not fire on TRUNCATE: one change per wedding is recorded here instead
    perform wedsync_internal.record_change(
        f.couple_id, 'core_fields', 'TRUNCATE', 'truncate',
        l.right_nos, l.paths, null, l.old_values, array_fill(null::jsonb, array[cardinality(l.right_nos)]), to_jsonb(f), null
    )
    from wedsync_data.core_fields as f
    cross join lateral (
        select
            array_agg(c.right_no order by c.right_no) as right_nos,
            array_agg(c.path order by c.right_no) as paths,
            array_agg(wedsync_internal.leaf_value(f, c.right_no) order by c.right_no) as old_values
        from wedsync_data.field_catalog as c
        where c.storage <> 'element'
            and wedsync_internal.leaf_value(f, c.right_no) is not null
            and wedsync_internal.leaf_value(f, c.right_no) not in ('[]'::jsonb, 'null'::jsonb)
    ) as l;
    return null;
end
$$;
comment on function wedsync_internal.core_fields_truncate() is 'Records what a TRUNCATE takes away.';
revoke all on function wedsync_internal.core_fields_truncate() from public;

create or replace trigger core_fields_truncate
before truncate on wedsync_data.core_fields
for each statement execute function wedsync_internal.core_fields_truncate();
comment on trigger core_fields_truncate on wedsync_data.core_fields is 'Records what a TRUNCATE takes away.';

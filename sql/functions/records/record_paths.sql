create or replace function wedsync_internal.record_paths(record_name text, mask bit)
returns text[]
language sql
stable
parallel safe
as $$
    select coalesce(array_agg(c.path order by c.right_no, c.path), '{}')
    from wedsync_data.field_catalog as c
    join wedsync_data.record_catalog as r on r.record_name = c.table_name
    where $1 in (r.record_name, r.shown_in) and get_bit(mask, c.right_no) = 1
$$;
comment on function wedsync_internal.record_paths(text, bit) is 'Paths of the fields of a record, with those of its lists, in a mask.';
revoke all on function wedsync_internal.record_paths(text, bit) from public;

create or replace function wedsync_internal.mask_paths(mask bit)
returns text[]
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(c.path order by c.right_no, c.path), '{}')
    from wedsync_data.field_catalog as c
    where get_bit(mask, c.right_no) = 1
$$;
comment on function wedsync_internal.mask_paths(bit) is 'Paths of the fields in a mask, in catalogue order.';
revoke all on function wedsync_internal.mask_paths(bit) from public;
grant execute on function wedsync_internal.mask_paths(bit) to authenticated, service_role, wedsync_admin;

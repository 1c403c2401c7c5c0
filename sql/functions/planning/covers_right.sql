create or replace function wedsync_internal.covers_right(mask bit, right_name text)
returns boolean
language sql
stable
as $$
    select coalesce((select get_bit(mask, r.right_no) = 1 from wedsync_data.rights as r where r.name = right_name), false)
$$;
comment on function wedsync_internal.covers_right(bit, text) is 'Whether a mask includes the right of this name.';
revoke all on function wedsync_internal.covers_right(bit, text) from public;

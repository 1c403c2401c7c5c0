create or replace function wedsync_internal.needed_rights(names text[])
returns bit(128)
language sql
stable
as $$
    -- a right that does not exist is had by nobody: null is no mask that covers it
    select case when count(*) = count(r.right_no) then coalesce(bit_or(set_bit(repeat('0', 128)::bit(128), r.right_no, 1)), repeat('0', 128)::bit(128))::bit(128) end
    from unnest(names) as n (name)
    left join wedsync_data.rights as r on r.name = n.name
$$;
comment on function wedsync_internal.needed_rights(text[]) is 'Mask of all of these rights; null if one of them does not exist.';
revoke all on function wedsync_internal.needed_rights(text[]) from public;

create or replace function wedsync_internal.names_mask(names text[])
returns bit(128)
language sql
stable
parallel safe
as $$
    select coalesce(bit_or(n.mask), repeat('0', 128)::bit(128))::bit(128)
    from wedsync_data.field_names as n
    where n.name = any (names)
$$;
comment on function wedsync_internal.names_mask(text[]) is
'Mask of the fields covered by a list of field names, groups, levels or paths. Unknown names are ignored; check them first.';
revoke all on function wedsync_internal.names_mask(text[]) from public;

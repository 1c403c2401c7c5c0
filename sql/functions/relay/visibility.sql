create or replace function wedsync_internal.visibility(readable bit)
returns wedsync_data.visibility_masks
language plpgsql
stable
as $$
declare
    known wedsync_data.visibility_masks;
begin
    select m.* into known from wedsync_data.visibility_masks as m where m.readable = visibility.readable;
    if known.readable is not null then
        return known;
    end if;
    -- not kept here, since it runs while frames are read; subscription_group keeps the masks of its groups
    select visibility.readable,
        coalesce((
            select pg_catalog.jsonb_object_agg(c.column_name, null)
            from (
                select c.column_name from wedsync_data.field_catalog as c
                group by c.column_name having not bool_or(get_bit(visibility.readable, c.right_no) = 1)
            ) as c
        ), '{}') || pg_catalog.jsonb_build_object('withheld_fields', wedsync_internal.mask_paths(~ visibility.readable)),
        coalesce((
            select pg_catalog.jsonb_object_agg(c.column_name, c.hidden)
            from (
                select c.column_name,
                    pg_catalog.jsonb_agg(c.json_key order by c.right_no) filter (where get_bit(visibility.readable, c.right_no) = 0) as hidden
                from wedsync_data.field_catalog as c
                where c.storage <> 'column'
                group by c.column_name having bool_or(get_bit(visibility.readable, c.right_no) = 1)
            ) as c
            where c.hidden is not null
        ), '{}')
    into known;
    return known;
end
$$;
comment on function wedsync_internal.visibility(bit) is 'What a leaf mask hides from a record, worked out once for each mask.';
revoke all on function wedsync_internal.visibility(bit) from public;

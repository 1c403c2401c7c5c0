create or replace function wedsync_internal.keep_visibility_masks(masks bit[])
returns void
language plpgsql
volatile
as $$
declare
    missing bit(128)[];
begin
    missing := array(
        select distinct n.readable::bit(128) from unnest(masks) as n (readable)
        where n.readable is not null and not exists (select from wedsync_data.visibility_masks as m where m.readable = n.readable)
    );
    if missing = '{}' then
        return;
    end if;
    -- one at a time: two who add the same masks in another order would wait for each other
    lock table wedsync_data.visibility_masks in share row exclusive mode;
    -- whole rows: each record adds columns of its own
    insert into wedsync_data.visibility_masks overriding system value
    select m.*
    from unnest(missing) as n (readable)
    cross join lateral wedsync_internal.describe_mask(n.readable) as d
    cross join lateral pg_catalog.jsonb_populate_record(d, pg_catalog.jsonb_build_object(
        'id', nextval(pg_catalog.pg_get_serial_sequence('wedsync_data.visibility_masks', 'id'))
    )) as m
    on conflict on constraint visibility_masks_readable_key do nothing;
end
$$;
comment on function wedsync_internal.keep_visibility_masks(bit[]) is
'Adds masks of rights that are not in use yet to visibility_masks. Call it after the locks of weddings, persons and channels.';
revoke all on function wedsync_internal.keep_visibility_masks(bit[]) from public;

create or replace function wedsync_internal.keep_visibility_masks(masks bit[])
returns void
language plpgsql
volatile
as $$
declare
    missing bit(128)[];
    mask bit(128);
    described wedsync_data.visibility_masks;
begin
    missing := array(
        select distinct n.readable::bit(128) from unnest(masks) as n (readable)
        where n.readable is not null and not exists (select from wedsync_data.visibility_masks as m where m.readable = n.readable)
    );
    if missing = '{}' then
        return;
    end if;
    -- one at a time, because adding the same masks in different orders would deadlock
    lock table wedsync_data.visibility_masks in share row exclusive mode;
    foreach mask in array missing loop
        described := wedsync_internal.describe_mask(mask);
        described.id := nextval('wedsync_data.visibility_masks_id_seq');
        insert into wedsync_data.visibility_masks overriding system value select described.*
        on conflict on constraint visibility_masks_readable_key do nothing;
    end loop;
end
$$;
comment on function wedsync_internal.keep_visibility_masks(bit[]) is
'Adds new rights masks to visibility_masks. Call it after locking weddings, users and channels.';
revoke all on function wedsync_internal.keep_visibility_masks(bit[]) from public;

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
    insert into wedsync_data.visibility_masks (
        readable, sees_all, shows, withheld_fields, couple_address_hidden, ceremony_venue_hidden, reception_venue_hidden, guest_count_hidden,
        sharing_preferences_hidden, key_moments_hidden, wedding_party_hidden, family_vips_hidden, masked_columns, masked_keys
    )
    select
        d.readable, d.sees_all, d.shows, d.withheld_fields, d.couple_address_hidden, d.ceremony_venue_hidden, d.reception_venue_hidden, d.guest_count_hidden,
        d.sharing_preferences_hidden, d.key_moments_hidden, d.wedding_party_hidden, d.family_vips_hidden, d.masked_columns, d.masked_keys
    from unnest(missing) as n (readable)
    cross join lateral wedsync_internal.describe_mask(n.readable) as d
    on conflict on constraint visibility_masks_readable_key do nothing;
end
$$;
comment on function wedsync_internal.keep_visibility_masks(bit[]) is
'Adds masks of rights that are not in use yet to visibility_masks. Call it after the locks of weddings, persons and channels.';
revoke all on function wedsync_internal.keep_visibility_masks(bit[]) from public;

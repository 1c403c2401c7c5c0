create or replace function wedsync_internal.refresh_visibility_masks()
returns void
language plpgsql
volatile
as $$
begin
    lock table wedsync_data.visibility_masks in share row exclusive mode;
    update wedsync_data.visibility_masks as m
    set sees_all = d.sees_all, shows = d.shows, withheld_fields = d.withheld_fields, couple_address_hidden = d.couple_address_hidden,
        ceremony_venue_hidden = d.ceremony_venue_hidden, reception_venue_hidden = d.reception_venue_hidden, guest_count_hidden = d.guest_count_hidden,
        sharing_preferences_hidden = d.sharing_preferences_hidden, key_moments_hidden = d.key_moments_hidden,
        wedding_party_hidden = d.wedding_party_hidden, family_vips_hidden = d.family_vips_hidden,
        masked_columns = d.masked_columns, masked_keys = d.masked_keys
    from wedsync_data.visibility_masks as o
    cross join lateral wedsync_internal.describe_mask(o.readable) as d
    where o.id = m.id;
end
$$;
comment on function wedsync_internal.refresh_visibility_masks() is 'Works out anew what every mask of rights in use shows and hides. Called when the catalogue changes.';
revoke all on function wedsync_internal.refresh_visibility_masks() from public;

create or replace function wedsync_internal.open_replacement(couple_id uuid, writable bit)
returns void
language plpgsql
volatile
as $$
declare
    needed constant bit(128) := wedsync_internal.names_mask('{guests.names,guests.contact,guests.dietary,guests.accessibility,guests.household,guests.rsvp,seating}');
begin
    -- everything about a guest goes with the guest
    if writable & needed <> needed then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', (
            select pg_catalog.jsonb_agg(n.name order by n.name)
            from unnest('{guests.names,guests.contact,guests.dietary,guests.accessibility,guests.household,guests.rsvp,seating}'::text[]) as n (name)
            where writable & wedsync_internal.names_mask(array[n.name]) <> wedsync_internal.names_mask(array[n.name])
        )));
    end if;
    perform wedsync_internal.guard_wedding_day(couple_id, 'bulk_replace');
end
$$;
comment on function wedsync_internal.open_replacement(uuid, bit) is 'Whether a list may replace all guests: for those who may delete them, and not on the wedding day without an override.';
revoke all on function wedsync_internal.open_replacement(uuid, bit) from public;

create or replace function wedsync.dietary_counts(couple_id uuid, event_id uuid default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    access record;
    shows_names boolean;
    answer jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('guests-export');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
    select a.readable into access from wedsync_internal.caller_access as a where a.couple_id = dietary_counts.couple_id;
    if access.readable is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if access.readable & wedsync_internal.names_mask('{guests.dietaryCounts}') <> wedsync_internal.names_mask('{guests.dietaryCounts}') then
        perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": ["guests.dietaryCounts"]}');
    end if;
    if dietary_counts.event_id is not null and not exists (
        select from wedsync_data.wedding_events as e where e.couple_id = dietary_counts.couple_id and e.id = dietary_counts.event_id
    ) then
        perform wedsync_internal.fail('not_found');
    end if;
    shows_names := access.readable & wedsync_internal.names_mask('{guests.names,guests.dietary,guests.rsvp}')
        = wedsync_internal.names_mask('{guests.names,guests.dietary,guests.rsvp}');
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'event_id', e.id, 'event', e.name, 'starts_at', e.starts_at, 'counts', n.counts,
        'changes', wedsync_internal.dietary_difference(m.counts, n.counts), 'last_message_at', m.sent_at
    ) || case when shows_names then pg_catalog.jsonb_build_object('guests', wedsync_internal.guests_with_needs(e.couple_id, e.id)) else '{}' end
    order by e.position nulls last, e.starts_at nulls last, e.name, e.id), '[]')
    into answer
    from wedsync_data.wedding_events as e
    left join wedsync_data.dietary_messages as m on m.couple_id = e.couple_id and m.event_id = e.id
    cross join lateral (select coalesce(e.dietary_counts, wedsync_internal.dietary_needs_of(e.couple_id, e.id)) as counts) as n
    where e.couple_id = dietary_counts.couple_id and (dietary_counts.event_id is null or e.id = dietary_counts.event_id);
    perform wedsync_internal.log_access(couple_id, 'dietary_counts');
    return pg_catalog.jsonb_build_object('events', answer, 'names', shows_names);
end
$$;
comment on function wedsync.dietary_counts(uuid, uuid) is
'What the guests who attend eat and must not eat, by event and meal, for the kitchen
Returns {events: [{event_id, event, starts_at, counts, changes, last_message_at}], names}. counts is {guests, unnamed_guests, without_meal, notes, diets, allergens: [{allergen, name, severity, guests}], anaphylaxis, meals}; changes are those since caterers were last told. Without event_id, all events.
Needs guests.dietaryCounts. With guests.names, guests.dietary and guests.rsvp each event also has guests: [{guest_id, name, meal, diets, allergens, dietary_note}], those at risk of anaphylaxis first, at most 1000. Reads by suppliers are logged.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.dietary_counts(uuid, uuid) from public;
grant execute on function wedsync.dietary_counts(uuid, uuid) to authenticated, service_role, wedsync_admin;

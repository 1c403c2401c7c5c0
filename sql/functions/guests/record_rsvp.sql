create or replace function wedsync.record_rsvp(couple_id uuid, replies jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    access record;
    problems jsonb;
    refused jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('guests-write');
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id,replies}', array[couple_id is not null, replies is not null]);
    perform wedsync_internal.check_replies(replies);
    access := wedsync_internal.open_rows(couple_id);
    select pg_catalog.jsonb_agg(n.name order by n.name) into refused
    from (values
        ('guests.rsvp', true),
        ('guests.dietary', pg_catalog.jsonb_path_exists(replies, '$[*] ? (exists(@.diets) || exists(@.dietary_note) || exists(@.allergens))')),
        ('guests.names', pg_catalog.jsonb_path_exists(replies, '$[*] ? (exists(@.first_name) || exists(@.last_name))'))
    ) as n (name, is_needed)
    where n.is_needed and access.writable & wedsync_internal.names_mask(array[n.name]) <> wedsync_internal.names_mask(array[n.name]);
    if refused is not null then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
    end if;
    problems := wedsync_internal.rsvp_problems(couple_id, replies);
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    return pg_catalog.jsonb_build_object(
        'success', true, 'replies', wedsync_internal.store_rsvps(couple_id, replies, case when wedsync_internal.is_service() then 'server' else 'member' end)
    );
end
$$;
comment on function wedsync.record_rsvp(uuid, jsonb) is
'Records replies of guests, with what they eat and must not eat
replies is an array of {guest_id, event_id, status, meal_option_id, additional_guests, comment, diets, dietary_note, allergens: [{allergen, severity, note}]}; keys that are left out stay as they are, diets and allergens replace those before. Without event_id only the needs of the guest change. status also takes words such as yes or regrets, PARTSTAT of iCalendar and RsvpResponse of schema.org; a guest who was not invited to the event is. first_name and last_name name a companion who had none.
Needs the right to write guests.rsvp, and guests.dietary or guests.names if given. The guest numbers of the wedding and the dietary counts of its events follow; caterers are told of changed needs.
Returns {success, replies}. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), invalid_fields (PT422), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.record_rsvp(uuid, jsonb) from public;
grant execute on function wedsync.record_rsvp(uuid, jsonb) to authenticated, service_role, wedsync_admin;

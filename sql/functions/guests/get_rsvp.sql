create or replace function wedsync.get_rsvp(code text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.rsvp_codes;
begin
    perform wedsync_internal.enforce_rate_limit('rsvp-by-code');
    invitation := wedsync_internal.find_rsvp_code(code);
    if invitation.id is null then
        return wedsync_internal.no_such_rsvp();
    end if;
    return wedsync_internal.rsvp_invitation(invitation.couple_id, invitation.household_id)
        || pg_catalog.jsonb_build_object('valid', true, 'valid_until', invitation.valid_until, 'uses_left', invitation.uses_left);
end
$$;
comment on function wedsync.get_rsvp(text) is
'The invitation of a household, by its code; no login is needed
Returns {valid, couple, date, time_zone, household, events: [{id, name, kind, starts_at, ends_at, place, meals}], guests: [{guest_id, first_name, last_name, age_class, plus_one_allowed, is_unnamed, diets, dietary_note, allergens, replies}], uses_left, valid_until}: the guests of the household and the events to which they are invited, nothing else of the wedding. For a code that is not valid {valid: false, message}, with status 404 over PostgREST. Errors: invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.get_rsvp(text) from public;
grant execute on function wedsync.get_rsvp(text) to anon, authenticated, service_role, wedsync_admin;

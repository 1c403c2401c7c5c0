create or replace function wedsync.answer_rsvp(code text, replies jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    invitation wedsync_data.rsvp_codes;
    problems jsonb;
    stored jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('rsvp-by-code');
    perform wedsync_internal.require_given('{code,replies}', array[code is not null, replies is not null]);
    perform wedsync_internal.check_replies(replies);
    if replies = '[]' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "replies", "rule": "at least one reply"}');
    end if;
    invitation := wedsync_internal.find_rsvp_code(code);
    if invitation.id is not null then
        perform wedsync_internal.lock_wedding(invitation.couple_id, false, true);
        -- again under the lock: another reply may have used it, the couple may have revoked it
        select c.* into invitation
        from wedsync_data.rsvp_codes as c
        where c.couple_id = invitation.couple_id and c.id = invitation.id and c.uses_left > 0 and c.revoked_at is null
            and c.valid_until > pg_catalog.clock_timestamp()
        for update;
    end if;
    if invitation.id is null then
        return wedsync_internal.no_such_rsvp();
    end if;
    problems := wedsync_internal.rsvp_problems(invitation.couple_id, replies, invitation.household_id);
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    perform set_config('wedsync.change_reason', 'Reply with an invitation code', true);
    stored := wedsync_internal.store_rsvps(invitation.couple_id, replies, 'invitation');
    perform set_config('wedsync.change_reason', '', true);
    update wedsync_data.rsvp_codes as c set uses_left = c.uses_left - 1, used_at = pg_catalog.clock_timestamp()
    where c.couple_id = invitation.couple_id and c.id = invitation.id;
    return pg_catalog.jsonb_build_object('valid', true, 'success', true, 'replies', stored, 'uses_left', invitation.uses_left - 1);
end
$$;
comment on function wedsync.answer_rsvp(text, jsonb) is
'Replies to an invitation for a household, by its code; no login is needed
replies as for record_rsvp, for guests of the household and events to which they are invited; additional_guests is at most 1, if the couple allows it. The code is used up by the first reply that is stored, unless it was created with more uses; what is refused does not use it.
Returns {valid, success, replies, uses_left}; for a code that is not valid {valid: false, message}, with status 404 over PostgREST. Errors: invalid_fields (PT422), invalid_value (22023), too_large (PT413), rate_limited (429).';
revoke all on function wedsync.answer_rsvp(text, jsonb) from public;
grant execute on function wedsync.answer_rsvp(text, jsonb) to anon, authenticated, service_role, wedsync_admin;

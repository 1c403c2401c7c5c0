create or replace function wedsync_internal.find_rsvp_code(code text)
returns wedsync_data.rsvp_codes
language plpgsql
volatile
as $$
declare
    hash bytea;
    found_code wedsync_data.rsvp_codes;
begin
    perform wedsync_internal.require_given('{code}', array[code is not null]);
    hash := wedsync_internal.rsvp_code_hash(code);
    -- Nobody is signed in: each code is limited, and all of them together, in sixteen parts so that callers do not wait for one another.
    perform wedsync_internal.enforce_rate_limit('rsvp-by-code', 1, encode(substring(hash from 1 for 16), 'hex')::uuid);
    perform wedsync_internal.enforce_rate_limit('rsvp-by-anyone', 1, md5('rsvp-by-anyone ' || get_byte(hash, 0) % 16)::uuid);
    select c.* into found_code
    from wedsync_data.rsvp_codes as c
    where c.code_hash = hash and c.uses_left > 0 and c.revoked_at is null and c.valid_until > pg_catalog.clock_timestamp();
    return found_code;
end
$$;
comment on function wedsync_internal.find_rsvp_code(text) is
'The invitation of a code, or null: unknown, used, revoked and expired codes are alike. Counts the request for callers without a login; unknown codes raise no error, so that they are counted as well.';
revoke all on function wedsync_internal.find_rsvp_code(text) from public;

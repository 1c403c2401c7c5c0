create or replace function wedsync_internal.rsvp_code_hash(code text)
returns bytea
language sql
immutable
parallel safe
as $$
    -- as people type it: small letters, other separators, and letters that look like digits
    select pg_catalog.sha256(convert_to(translate(regexp_replace(upper(left(code, 100)), '[^0-9A-Z]', '', 'g'), 'OIL', '011'), 'UTF8'))
$$;
comment on function wedsync_internal.rsvp_code_hash(text) is 'SHA-256 of an invitation code, however it is typed.';
revoke all on function wedsync_internal.rsvp_code_hash(text) from public;

create or replace function wedsync_internal.claimed_session(claims jsonb)
returns uuid
language sql
immutable
parallel safe
return substring(claims ->> 'wedsync_session' from '^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$')::uuid;
comment on function wedsync_internal.claimed_session(jsonb) is 'Returns the session behind verified claims; null for claims of a signed token.';
revoke all on function wedsync_internal.claimed_session(jsonb) from public;

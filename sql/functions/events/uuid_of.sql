create or replace function wedsync_internal.uuid_of(seed bytea, n bigint)
returns uuid
language sql
immutable
parallel safe
return encode(substr(sha256(seed || int8send(n)), 1, 16), 'hex')::uuid;
comment on function wedsync_internal.uuid_of(bytea, bigint) is
'A number of a secret random seed, as unpredictable as the seed without asking the system for random bytes each time. Of 128 random bits, without those that mark a version.';
revoke all on function wedsync_internal.uuid_of(bytea, bigint) from public;

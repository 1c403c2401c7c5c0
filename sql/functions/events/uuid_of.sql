create or replace function wedsync_internal.uuid_of(seed bytea, n bigint)
returns uuid
language sql
immutable
parallel safe
return overlay(overlay(encode(substr(sha256(seed || int8send(n)), 1, 16), 'hex') placing '4' from 13) placing '8' from 17)::uuid;
comment on function wedsync_internal.uuid_of(bytea, bigint) is
'A random uuid, like gen_random_uuid, for each number: as unpredictable as the secret seed, without asking the system for random bytes each time.';
revoke all on function wedsync_internal.uuid_of(bytea, bigint) from public;

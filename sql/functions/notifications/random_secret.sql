create or replace function wedsync_internal.random_secret()
returns bytea
language sql
volatile
as $$
    -- three random uuids have 366 random bits; the hash spreads them over all of its 256
    select pg_catalog.sha256(
        uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid())
    )
$$;
comment on function wedsync_internal.random_secret() is 'Returns 32 random bytes.';
revoke all on function wedsync_internal.random_secret() from public;

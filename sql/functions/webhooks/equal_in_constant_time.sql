create or replace function wedsync_internal.equal_in_constant_time(one bytea, other bytea)
returns boolean
language sql
volatile
as $$
    -- digests with a random key differ in unforeseeable places, so the time of the comparison says nothing about the values
    select sha256(n.nonce || one) = sha256(n.nonce || other) and octet_length(one) = octet_length(other)
    from (select uuid_send(gen_random_uuid()) as nonce) as n
$$;
comment on function wedsync_internal.equal_in_constant_time(bytea, bytea) is 'Whether two values are equal, in a time that does not depend on how much of them is; false for values of different lengths.';
revoke all on function wedsync_internal.equal_in_constant_time(bytea, bytea) from public;

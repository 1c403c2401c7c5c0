create or replace function wedsync_internal.hmac_sha256(secret bytea, message bytea)
returns bytea
language sql
immutable
parallel safe
as $$
    with key as (
        select case when octet_length(secret) > 64 then sha256(secret) else secret end as bytes
    ), block as (
        select get_byte(k.bytes || decode(repeat('00', 64 - octet_length(k.bytes)), 'hex'), n) as byte, n
        from key as k cross join generate_series(0, 63) as n
    ), pads as (
        select
            string_agg(set_byte('\x00', 0, b.byte # 54), '' order by b.n) as inner_pad,
            string_agg(set_byte('\x00', 0, b.byte # 92), '' order by b.n) as outer_pad
        from block as b
    )
    select sha256(p.outer_pad || sha256(p.inner_pad || message)) from pads as p
$$;
comment on function wedsync_internal.hmac_sha256(bytea, bytea) is 'HMAC-SHA256 of a message (RFC 2104), without the extension pgcrypto. 32 bytes.';
revoke all on function wedsync_internal.hmac_sha256(bytea, bytea) from public;

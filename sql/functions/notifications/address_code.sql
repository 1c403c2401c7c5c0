create or replace function wedsync_internal.address_code(check_of wedsync_data.address_checks)
returns text
language sql
immutable
return lpad((
    -- 40 of the bits: what is left over by the division favours no digit noticeably
    ('x' || left(encode(pg_catalog.sha256(check_of.secret || convert_to(check_of.owner_id || ' ' || check_of.target, 'UTF8')), 'hex'), 10))::bit(40)::bigint % 1000000
)::text, 6, '0');
comment on function wedsync_internal.address_code(wedsync_data.address_checks) is 'The code of six digits that shows that an address or number belongs to its owner. The same for each attempt to send it.';
revoke all on function wedsync_internal.address_code(wedsync_data.address_checks) from public;

-- drop: function wedsync_internal.audit_link(bytea, bigint, integer, timestamptz, uuid, text, uuid, bytea)
-- drop: function wedsync_internal.audit_link(bytea, uuid, bigint, integer, integer, timestamptz, uuid, text, uuid, jsonb[])
create or replace function wedsync_internal.audit_link(
    previous bytea, couple_id uuid, chain_no bigint, version_before integer, version_after integer, changed_at timestamptz,
    actor_id uuid, actor_type text, supplier_id uuid, entries text[]
)
returns bytea
language sql
stable
parallel safe
-- one JSON array, so that values cannot be split or joined; the time as a number, independent of the session's time zone
return sha256(convert_to(
    left(json_build_array(
        encode(previous, 'hex'), couple_id, chain_no, version_before, version_after, extract(epoch from changed_at),
        actor_id, actor_type, supplier_id
    )::text, -1) || ', [' || array_to_string(entries, ', ') || ']]',
    'UTF8'
));
comment on function wedsync_internal.audit_link(bytea, uuid, bigint, integer, integer, timestamptz, uuid, text, uuid, text[]) is
'Hash of a link of an audit chain: over the previous hash, chain, link number, versions, time, actor and the entries of its rows in order.';
revoke all on function wedsync_internal.audit_link(bytea, uuid, bigint, integer, integer, timestamptz, uuid, text, uuid, text[]) from public;

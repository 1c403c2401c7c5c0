create or replace function wedsync_internal.audit_link(
    previous bytea, chain_no bigint, version_after integer, changed_at timestamptz,
    actor_id uuid, actor_type text, supplier_id uuid, entries bytea
)
returns bytea
language sql
stable
parallel safe
return sha256(
    previous || convert_to(
        chain_no::text || '|' || version_after::text || '|' || extract(epoch from changed_at)::text || '|'
        || coalesce(actor_id::text, '') || '|' || actor_type || '|' || coalesce(supplier_id::text, '') || '|', 'UTF8'
    ) || entries
);
comment on function wedsync_internal.audit_link(bytea, bigint, integer, timestamptz, uuid, text, uuid, bytea) is
'Hash of a link of a wedding''s audit chain: the previous hash, who, when, which version, and the entries of its rows in order of their id.';
revoke all on function wedsync_internal.audit_link(bytea, bigint, integer, timestamptz, uuid, text, uuid, bytea) from public;

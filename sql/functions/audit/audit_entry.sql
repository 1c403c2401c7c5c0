-- drop: function wedsync_internal.audit_entry(text, text, text, bytea)
-- drop: function wedsync_internal.audit_entry(bigint, text, text, smallint, text, uuid, bytea)
create or replace function wedsync_internal.audit_entry(
    "position" bigint, table_name text, change_type text, right_no smallint, path text, element_id uuid, digest bytea
)
returns text
language sql
stable
parallel safe
return json_build_array("position", table_name, change_type, right_no, path, element_id, encode(digest, 'hex'))::text;
comment on function wedsync_internal.audit_entry(bigint, text, text, smallint, text, uuid, bytea) is
'The part of a chain link that belongs to one audit row: its position in the link, its columns that are never erased, and the digest of the others, as a JSON array.';
revoke all on function wedsync_internal.audit_entry(bigint, text, text, smallint, text, uuid, bytea) from public;

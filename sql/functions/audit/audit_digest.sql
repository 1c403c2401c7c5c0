create or replace function wedsync_internal.audit_digest(
    salt uuid, old_value jsonb, new_value jsonb, reason text, ip_address inet, user_agent text
)
returns bytea
language sql
stable
parallel safe
-- values as text: an array of JSON would not distinguish no value from the value null
return sha256(convert_to(json_build_array(salt, old_value::text, new_value::text, reason, ip_address::text, user_agent)::text, 'UTF8'));
comment on function wedsync_internal.audit_digest(uuid, jsonb, jsonb, text, inet, text) is
'Digest of the erasable part of an audit row. The salt keeps short values from being guessed once they are erased.';
revoke all on function wedsync_internal.audit_digest(uuid, jsonb, jsonb, text, inet, text) from public;

create or replace function wedsync_internal.audit_entry(table_name text, change_type text, path text, digest bytea)
returns bytea
language sql
stable
parallel safe
-- not immutable: convert_to is stable, and a label stronger than the body keeps the planner from inlining it
return sha256(convert_to(table_name || E'\n' || change_type || E'\n' || path, 'UTF8') || digest);
comment on function wedsync_internal.audit_entry(text, text, text, bytea) is 'What one audit row adds to its link of the chain.';
revoke all on function wedsync_internal.audit_entry(text, text, text, bytea) from public;

create or replace function wedsync.revoke_access(couple_id uuid, supplier_id uuid, fields text[] default null, reason text default null)
returns jsonb
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.close_access($1, $2, '{pending,approved}', $3, $4)
$$;
comment on function wedsync.revoke_access(uuid, uuid, text[], text) is
'Revokes a supplier''s access, or the named fields of it
A granted group, level or column that covers a named field is replaced by its remaining fields. Takes effect on commit, for open channels too. From then on all requests of the supplier require a partner. Returns {status, readable_fields, writable_fields, requested_fields}. Errors: not_found (PT404), not_allowed (42501), state_conflict (PT409) if there is nothing to revoke, too_large (PT413) beyond 128 fields, rate_limited (429).';
revoke all on function wedsync.revoke_access(uuid, uuid, text[], text) from public;
grant execute on function wedsync.revoke_access(uuid, uuid, text[], text) to authenticated, service_role, wedsync_admin;

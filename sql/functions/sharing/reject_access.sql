create or replace function wedsync.reject_access(couple_id uuid, supplier_id uuid, reason text default null)
returns jsonb
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.close_access($1, $2, '{pending}', null, $3)
$$;
comment on function wedsync.reject_access(uuid, uuid, text) is
'Rejects a supplier''s request; existing access is kept
Returns {status, readable_fields, writable_fields, requested_fields}. Errors: not_found (PT404), not_allowed (42501), state_conflict (PT409) without a pending request, rate_limited (429).';
revoke all on function wedsync.reject_access(uuid, uuid, text) from public;
grant execute on function wedsync.reject_access(uuid, uuid, text) to authenticated, service_role, wedsync_admin;

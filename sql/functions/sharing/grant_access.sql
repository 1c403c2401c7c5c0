create or replace function wedsync.grant_access(
    couple_id uuid, supplier_id uuid, readable_fields text[], writable_fields text[] default '{}', auto_sync_enabled boolean default true
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wanted text[] := readable_fields;
begin
    perform wedsync_internal.enforce_rate_limit('access-write');
    perform wedsync_internal.require_given('{couple_id,supplier_id}', array[couple_id is not null, supplier_id is not null]);
    perform wedsync_internal.lock_as_partner(couple_id, supplier_id);
    perform wedsync_internal.require_assurance('grant_access', couple_id, null);
    if auto_sync_enabled is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "auto_sync_enabled", "rule": "true_or_false"}');
    end if;
    if wanted is null then
        select c.default_fields into wanted
        from wedsync_data.suppliers as s join wedsync_data.supplier_categories as c on c.category = s.category
        where s.id = grant_access.supplier_id;
    end if;
    return wedsync_internal.grant_to_supplier(couple_id, supplier_id, wanted, writable_fields, auto_sync_enabled);
end
$$;
comment on function wedsync.grant_access(uuid, uuid, text[], text[], boolean) is
'Grants a supplier access to exactly these fields of a wedding
Names may be paths, columns, groups or the levels basic, standard and full; writable fields are readable too; null for readable_fields means the defaults of the supplier''s category. Replaces the supplier''s previous access. Budget and private fields are never granted.
Returns {status, readable_fields, writable_fields, requested_fields}. Errors: stronger_sign_in (PT403), not_found (PT404), not_allowed (42501), invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.grant_access(uuid, uuid, text[], text[], boolean) from public;
grant execute on function wedsync.grant_access(uuid, uuid, text[], text[], boolean) to authenticated, service_role, wedsync_admin;

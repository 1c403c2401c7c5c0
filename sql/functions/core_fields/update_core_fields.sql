create or replace function wedsync.update_core_fields(
    couple_id uuid, patch jsonb, base_version integer default null, reason text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    outcome record;
    stands wedsync.core_fields;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write');
    if not wedsync_internal.is_service() then
        perform wedsync_internal.require_user();
    end if;
    if couple_id is null then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "required"}');
    end if;
    if patch is null or pg_catalog.jsonb_typeof(patch) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "patch", "rule": "object"}');
    end if;
    outcome := wedsync_internal.apply_patch(couple_id, patch, base_version, reason);
    stands := wedsync_internal.shown_core_fields(couple_id, outcome.sees_all);
    return pg_catalog.jsonb_build_object(
        'success', true,
        'data', wedsync_internal.core_fields_nested(stands),
        'version', stands.version_number,
        'changed', to_jsonb(outcome.changed),
        'message', case cardinality(outcome.changed)
            when 0 then 'Nothing changed' when 1 then '1 field updated' else cardinality(outcome.changed) || ' fields updated'
        end,
        'timestamp', pg_catalog.clock_timestamp()
    );
end
$$;
comment on function wedsync.update_core_fields(uuid, jsonb, integer, text) is
'Changes fields of a wedding and returns the new record
patch takes dotted paths, column names, aliases and nested objects; list elements are identified by their id. base_version is the version that the caller has read: fields that somebody else has changed since raise PT409, other fields are not affected. reason is recorded in the audit trail; if the change includes budget or private fields, it is visible with those only.
Returns {success, data, version, changed, message, timestamp}; a patch that changes nothing says so.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), version_conflict (PT409), too_large (PT413), invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.update_core_fields(uuid, jsonb, integer, text) from public;
grant execute on function wedsync.update_core_fields(uuid, jsonb, integer, text) to authenticated, service_role, wedsync_admin;

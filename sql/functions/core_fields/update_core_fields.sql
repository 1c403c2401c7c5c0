-- drop: function wedsync.update_core_fields(uuid, jsonb, integer, text)
create or replace function wedsync.update_core_fields(
    couple_id uuid, patch jsonb, base_version integer default null, reason text default null, answer text default null
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
-- everything called from here looks rows up by key, so custom plans would be prepared each time and be the same
set plan_cache_mode = force_generic_plan
-- small tables that are in memory are read by index, too
set random_page_cost = 1.1
as $$
declare
    reader constant uuid := wedsync_internal.reader();
    outcome record;
    shown wedsync.core_fields;
    message text;
    whole jsonb;
begin
    if reader is null then
        perform wedsync_internal.require_user();
    elsif reader <> wedsync_internal.server_reader() then
        -- not PERFORM, which runs a query
        message := wedsync_internal.enforce_rate_limit('core-fields-write', 1, reader);
    end if;
    -- a few short texts have nothing that could be wrong with them
    if pg_column_size(patch) > 500 or pg_catalog.jsonb_path_exists(patch, '$.* ? (@.type() <> "string")') then
        perform wedsync_internal.check_json(patch, 'patch', wedsync_internal.setting_limit('patch_max_bytes'));
    end if;
    if couple_id is null or patch is null or pg_catalog.jsonb_typeof(patch) <> 'object' or answer not in ('full', 'minimal') then
        perform wedsync_internal.require_given('{couple_id}', array[couple_id is not null]);
        if answer not in ('full', 'minimal') then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "answer", "rule": "full or minimal"}');
        end if;
        perform wedsync_internal.fail('invalid_value', '{"parameter": "patch", "rule": "object"}');
    end if;
    outcome := wedsync_internal.apply_patch(couple_id, patch, base_version, reason, reader);
    message := case cardinality(outcome.changed)
        when 0 then 'Nothing changed' when 1 then '1 field updated' else cardinality(outcome.changed) || ' fields updated'
    end;
    if answer = 'minimal' or answer is null and wedsync_internal.prefers_minimal() then
        return pg_catalog.jsonb_build_object(
            'success', true, 'version', outcome.version, 'changed', to_jsonb(outcome.changed), 'message', message, 'timestamp', pg_catalog.clock_timestamp()
        );
    end if;
    if outcome.sees_all then
        whole := wedsync_internal.core_fields_whole_answer(outcome.stored, outcome.version, outcome.changed, message);
        if whole is not null then
            return whole;
        end if;
    end if;
    select f.* into shown from wedsync.core_fields as f where f.couple_id = update_core_fields.couple_id;
    return wedsync_internal.core_fields_answer(shown, outcome.changed, message);
end
$$;
comment on function wedsync.update_core_fields(uuid, jsonb, integer, text, text) is
'Changes fields of a wedding and returns the new record
patch takes dotted paths, column names, aliases and nested objects; list elements are identified by their id. base_version is the version that the caller has read: fields that somebody else has changed since raise PT409, other fields are not affected. reason is recorded in the audit trail; if the change includes budget or private fields, it is visible with those only. answer is full, or minimal to omit data; by default, Prefer: return=minimal decides.
Returns {success, data, version, changed, message, timestamp}; a patch that changes nothing says so.
Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), version_conflict (PT409), too_large (PT413), invalid_fields (PT422), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.update_core_fields(uuid, jsonb, integer, text, text) from public;
grant execute on function wedsync.update_core_fields(uuid, jsonb, integer, text, text) to authenticated, service_role, wedsync_admin;

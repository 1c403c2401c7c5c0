create or replace function wedsync.set_notification_preferences(couple_id uuid, supplier_id uuid, preferences jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    now_set jsonb;
begin
    perform wedsync_internal.enforce_rate_limit('supplier-write');
    perform wedsync_internal.check_json(preferences, 'preferences', 16384);
    perform wedsync_internal.require_given('{couple_id,supplier_id,preferences}', array[couple_id is not null, supplier_id is not null, preferences is not null]);
    perform wedsync_internal.lock_as_supplier(supplier_id, '{owner,manager,staff}', false);
    if pg_catalog.jsonb_typeof(preferences) <> 'object' or preferences - '{updates,changes}'::text[] <> '{}' or exists (
        select from pg_catalog.jsonb_each(preferences) as p where pg_catalog.jsonb_typeof(p.value) <> 'boolean'
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "preferences", "rule": "object of booleans: updates, changes"}');
    end if;
    -- take the wedding's lock first, as everywhere; the change is audited under it
    perform wedsync_internal.lock_as_acquainted(couple_id, supplier_id);
    update wedsync_data.connections as c
    set notification_preferences = c.notification_preferences || preferences
    where c.couple_id = set_notification_preferences.couple_id and c.supplier_id = set_notification_preferences.supplier_id
    returning c.notification_preferences into now_set;
    return now_set;
end
$$;
comment on function wedsync.set_notification_preferences(uuid, uuid, jsonb) is
'Sets a supplier''s notification preferences for a wedding: {updates, changes}, each true or false
Omitted keys are kept. Returns the preferences. Errors: not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.set_notification_preferences(uuid, uuid, jsonb) from public;
grant execute on function wedsync.set_notification_preferences(uuid, uuid, jsonb) to authenticated, service_role, wedsync_admin;

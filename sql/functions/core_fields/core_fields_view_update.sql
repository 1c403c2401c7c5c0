create or replace function wedsync_internal.core_fields_view_update()
returns trigger
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
    changed constant jsonb := wedsync_internal.core_fields_changed_columns(old, new);
    reader constant uuid := wedsync_internal.reader();
    patch jsonb;
    shown wedsync.core_fields;
    outcome record;
    -- counted by this trigger since core_fields_view_begins
    touched constant integer := coalesce(nullif(current_setting('wedsync.weddings_touched', true), '')::integer, 0) + 1;
begin
    if reader is null then
        perform wedsync_internal.require_user();
    elsif reader <> wedsync_internal.server_reader() then
        perform wedsync_internal.enforce_rate_limit('core-fields-write', 1, reader);
    end if;
    if touched > 1 then
        if touched > wedsync_internal.setting_limit('weddings_per_update') then
            perform wedsync_internal.fail('several_weddings', pg_catalog.jsonb_build_object(
                'setting', 'weddings_per_update', 'limit', wedsync_internal.setting_limit('weddings_per_update')
            ));
        end if;
    end if;
    perform set_config('wedsync.weddings_touched', touched::text, true);
    if pg_column_size(changed) <= 500 and not pg_catalog.jsonb_path_exists(changed, '$.* ? (@.type() <> "string")') then
        -- a few short texts are a patch already, and have nothing that could be wrong with them
        patch := changed;
    else
        patch := wedsync_internal.core_fields_view_patch(changed, to_jsonb(old));
    end if;
    if patch = '{}' then
        return new;
    end if;
    outcome := wedsync_internal.apply_patch(old.couple_id, patch, old.version_number, null, reader);
    if wedsync_internal.prefers_minimal() then
        return new;
    end if;
    -- for RETURNING: the current derived and normalized values
    if outcome.sees_all and outcome.version = old.version_number + 1 and (outcome.stored).version_number = outcome.version then
        return wedsync_internal.core_fields_after_change(outcome.stored, outcome.version, old);
    end if;
    if outcome.sees_all then
        return wedsync_internal.whole_core_fields(outcome.stored, outcome.version);
    end if;
    select f.* into shown from wedsync.core_fields as f where f.couple_id = old.couple_id;
    return shown;
end
$$;
comment on function wedsync_internal.core_fields_view_update() is
'UPDATE of the view: the changed columns become a patch for the write path, based on the version that the statement has read. Values for last_updated_by, last_sync_at and updated_at are ignored.';
revoke all on function wedsync_internal.core_fields_view_update() from public;

create or replace trigger core_fields_view_update
instead of update on wedsync.core_fields
for each row execute function wedsync_internal.core_fields_view_update();
comment on trigger core_fields_view_update on wedsync.core_fields is 'Uses the write path of update_core_fields.';

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
    before jsonb;
    patch jsonb;
    missing jsonb := '[]'::jsonb;
    entry record;
    shown wedsync.core_fields;
    outcome record;
    -- counted by this trigger since core_fields_view_begins
    touched integer := coalesce(nullif(current_setting('wedsync.weddings_touched', true), '')::integer, 0) + 1;
    only_texts boolean;
begin
    if reader is null then
        perform wedsync_internal.require_user();
    elsif reader <> wedsync_internal.server_reader() then
        -- not PERFORM, which runs a query
        only_texts := wedsync_internal.enforce_rate_limit('core-fields-write', 1, reader) is null;
    end if;
    if touched > 1 then
        if touched > wedsync_internal.setting_limit('weddings_per_update') then
            perform wedsync_internal.fail('several_weddings', pg_catalog.jsonb_build_object(
                'setting', 'weddings_per_update', 'limit', wedsync_internal.setting_limit('weddings_per_update')
            ));
        end if;
    end if;
    touched := set_config('wedsync.weddings_touched', touched::text, true);
    only_texts := pg_column_size(changed) <= 500 and not pg_catalog.jsonb_path_exists(changed, 'strict $.* ? (@.type() <> "string")');
    if only_texts then
        -- a few short texts are a patch already, and have nothing that could be wrong with them
        patch := changed;
    else
        patch := '{}';
        for entry in select e.key, e.value, null::jsonb as old_value from pg_catalog.jsonb_each(changed) as e loop
            if pg_catalog.jsonb_typeof(entry.value) = 'string' and pg_column_size(entry.value) < 1000 then
                patch := patch || pg_catalog.jsonb_build_object(entry.key, entry.value);
                continue;
            end if;
            before := coalesce(before, to_jsonb(old));
            entry.old_value := before -> entry.key;
            -- lists are sent back as a whole, so they may be as long as before plus the size of a patch
            perform wedsync_internal.check_json(
                entry.value, entry.key, wedsync_internal.setting_limit('patch_max_bytes') + coalesce(octet_length(entry.old_value::text), 0)
            );
            if pg_catalog.jsonb_typeof(entry.value) = 'object' and pg_catalog.jsonb_typeof(entry.old_value) = 'object' then
                -- assigning an object replaces it: omitted keys become empty, except derived ones; unchanged keys require no right
                entry.value := (
                    select coalesce(pg_catalog.jsonb_object_agg(k.key, coalesce(entry.value -> k.key, 'null')), '{}')
                    from (
                        select given.key from pg_catalog.jsonb_object_keys(entry.value) as given (key)
                        union
                        select c.json_key from wedsync_data.field_catalog as c
                        where c.column_name = entry.key and c.is_writable and entry.old_value ? c.json_key
                    ) as k (key)
                    where coalesce(entry.value -> k.key, 'null') is distinct from coalesce(entry.old_value -> k.key, 'null')
                );
            elsif pg_catalog.jsonb_typeof(entry.old_value) = 'array' and entry.key in ('key_moments', 'wedding_party', 'family_vips')
                and pg_catalog.jsonb_typeof(entry.value) = 'array' then
                missing := missing || (
                    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', entry.key || '/' || (o.v ->> 'id'), 'rule', 'not_removed_by_leaving_out')), '[]')
                    from pg_catalog.jsonb_array_elements(entry.old_value) as o (v)
                    where not exists (select from pg_catalog.jsonb_array_elements(entry.value) as n (v) where n.v ->> 'id' = o.v ->> 'id')
                );
                entry.value := (
                    select coalesce(pg_catalog.jsonb_agg(c.v order by n.position), '[]')
                    from pg_catalog.jsonb_array_elements(entry.value) with ordinality as n (v, position)
                    left join pg_catalog.jsonb_array_elements(entry.old_value) as o (v) on o.v ->> 'id' = n.v ->> 'id'
                    cross join lateral (
                        select case when o.v is null then n.v else (
                            select pg_catalog.jsonb_object_agg(k.key, k.value) from pg_catalog.jsonb_each(n.v) as k
                            where k.key = 'id' or k.value is distinct from o.v -> k.key
                        ) end
                    ) as c (v)
                    where o.v is null or c.v - 'id' <> '{}'
                );
            end if;
            if entry.value in ('{}', '[]') and pg_catalog.jsonb_typeof(entry.old_value) = pg_catalog.jsonb_typeof(entry.value)
                and entry.key not in ('wedding_style', 'wedding_colors') then
                continue;
            end if;
            patch := patch || pg_catalog.jsonb_build_object(entry.key, entry.value);
        end loop;
        if missing <> '[]' then
            perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', missing), 'Use remove_list_element.');
        end if;
        perform wedsync_internal.check_json(patch, 'patch', wedsync_internal.setting_limit('patch_max_bytes'));
    end if;
    if patch = '{}' then
        return new;
    end if;
    outcome := wedsync_internal.apply_patch(old.couple_id, patch, old.version_number, null, reader);
    if wedsync_internal.prefers_minimal() then
        return new;
    end if;
    -- for RETURNING: the current derived and normalized values
    if only_texts and outcome.sees_all and outcome.version = old.version_number + 1 then
        -- nobody else wrote anything, and lists are what they were
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

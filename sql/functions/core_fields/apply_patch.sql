create or replace function wedsync_internal.apply_patch(
    couple_id uuid, patch jsonb, base_version integer, reason text, out changed text[], out sees_all boolean
)
language plpgsql
volatile
as $$
declare
    planned record;
    fields wedsync_data.field_catalog[] := '{}'::wedsync_data.field_catalog[];
    names text[] := '{}'::text[];
    given_values jsonb[] := '{}'::jsonb[];
    element_ids uuid[] := '{}'::uuid[];
    rules text[] := '{}'::text[];
    names_elements boolean := false;
    is_locked boolean := false;
    waited boolean;
    wedding record;
    field wedsync_data.field_catalog;
    current_value jsonb;
    value jsonb;
    full_path text;
    problem text;
    columns jsonb;
    elements jsonb;
    refused jsonb;
    problems jsonb;
    conflicts jsonb;
    seen jsonb;
    changes wedsync_internal.field_change[];
    lists jsonb := '{}'::jsonb;
    list record;
    stored wedsync_data.core_fields;
    diff record;
    old_columns jsonb;
    done record;
begin
    perform wedsync_internal.check_json(patch, 'patch', wedsync_internal.setting_limit('patch_max_bytes'));
    -- the exact name of a field, or something that has to be resolved
    for planned in
        select p.given, p.value, p.element_id, p.rule, p.path, f as field
        from wedsync_internal.plan_patch(patch) as p
        left join wedsync_data.field_catalog as f on f.path = p.path and p.rule is distinct from 'only_id'
    loop
        names := array_append(names, planned.given);
        given_values := array_append(given_values, case when planned.rule = 'only_id' then to_jsonb(planned.path) else planned.value end);
        element_ids := array_append(element_ids, planned.element_id);
        rules := array_append(rules, planned.rule);
        fields := array_append(fields, planned.field);
        names_elements := names_elements or planned.element_id is not null;
    end loop;

    -- Optimistic: read without locks; the update of the row detects by its version whether another writer was faster, in which case this one retries
    -- under locks. Lists are protected only by the wedding's lock.
    loop
        -- a transaction that has locked another wedding takes this one in the order of lock_wedding
        if names_elements or is_locked or coalesce(current_setting('wedsync.highest_wedding', true), '') not in ('', couple_id::text) then
            -- the row before the clock, in the same order as an UPDATE of the table, to avoid deadlocks
            waited := wedsync_internal.lock_wedding(couple_id, false, true);
            is_locked := true;
        end if;
        select a.readable, a.writable, a.readable & e.mask = e.mask as sees_all, k.seq, k.version, k.changed_at, k.right_versions, f as present
        into wedding
        from wedsync_internal.caller_access as a
        cross join (select n.mask from wedsync_data.field_names as n where n.name = 'everything') as e
        left join wedsync_data.wedding_clocks as k on k.couple_id = a.couple_id
        left join wedsync_data.core_fields as f on f.couple_id = a.couple_id
        where a.couple_id = apply_patch.couple_id;
        if wedding.readable is null then
            perform wedsync_internal.fail('not_found');
        end if;
        sees_all := wedding.sees_all;
        if wedding.writable = repeat('0', 128)::bit(128) then
            perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object(
                'unauthorized_fields', (select pg_catalog.jsonb_agg(k.key) from pg_catalog.jsonb_object_keys(patch) as k (key))
            ));
        end if;
        stored := wedding.present;
        if stored.couple_id is null then
            perform wedsync_internal.fail('not_found', null, 'Call ensure_core_fields first.');
        end if;
        -- compared with what the caller may have read, so that hidden changes do not show
        if base_version is not null and (
            base_version < 1 or base_version > wedsync_internal.visible_version(wedding.right_versions, wedding.readable)
        ) then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "base_version", "rule": "a version that exists"}');
        end if;

        changed := '{}';
        changes := '{}'::wedsync_internal.field_change[];
        columns := '{}'::jsonb;
        elements := '{}'::jsonb;
        refused := '[]'::jsonb;
        problems := '[]'::jsonb;
        conflicts := '[]'::jsonb;
        seen := '{}'::jsonb;
        for i in 1..cardinality(names) loop
            field := fields[i];
            value := given_values[i];
            if rules[i] is not null then
                if rules[i] <> 'only_id' then
                    problems := problems || pg_catalog.jsonb_build_object('path', names[i], 'rule', rules[i]);
                elsif wedsync_internal.element_value(value #>> '{}', apply_patch.couple_id, element_ids[i], null) is null then
                    problems := problems || pg_catalog.jsonb_build_object('path', names[i], 'rule', 'known_element_id');
                end if;
                continue;
            end if;
            if field.storage = 'element' then
                current_value := wedsync_internal.element_value(field.table_name, apply_patch.couple_id, element_ids[i], field.json_key);
                full_path := regexp_replace(field.path, '\.[^.]+$', '') || '/' || element_ids[i] || '/' || field.json_key;
            else
                current_value := coalesce(wedsync_internal.core_fields_value(stored, field.right_no), 'null');
                full_path := field.path;
            end if;
            if get_bit(wedding.writable, field.right_no) = 0 then
                -- clients send back whole objects including derived values: unchanged ones are not an attempt to write
                if field.is_writable or get_bit(wedding.readable, field.right_no) = 0 or value is distinct from current_value then
                    refused := refused || to_jsonb(names[i]);
                end if;
                continue;
            end if;
            if current_value is null then
                problem := 'known_element_id';
            else
                problem := wedsync_internal.field_problem(field, value);
                if problem is null and field.data_type = 'date' and field.path = 'wedding.date' and value is distinct from current_value and value <> 'null' then
                    problem := wedsync_internal.wedding_date_problem((value #>> '{}')::date);
                end if;
            end if;
            if problem is null and seen ? full_path then
                continue when seen -> full_path = value;
                problem := 'given_twice';
            end if;
            if problem is not null then
                problems := problems || pg_catalog.jsonb_build_object('path', names[i], 'rule', problem);
                continue;
            end if;
            seen := seen || pg_catalog.jsonb_build_object(full_path, value);
            if field.storage <> 'json' then
                value := wedsync_internal.stored_value(field.data_type, value);
            end if;
            continue when value = current_value;
            if base_version < wedding.right_versions[field.right_no + 1] then
                conflicts := conflicts || coalesce(
                    wedsync_internal.conflict_detail(apply_patch.couple_id, full_path, base_version, current_value, given_values[i]), '[]'
                );
            end if;
            if field.storage = 'element' then
                elements := pg_catalog.jsonb_set(
                    pg_catalog.jsonb_build_object(field.table_name || '/' || element_ids[i], '{}'::jsonb) || elements,
                    array[field.table_name || '/' || element_ids[i], field.json_key], value
                );
                changes := array_append(changes, row(
                    field.table_name, 'update', field.right_no, full_path, element_ids[i], nullif(current_value, 'null'), nullif(value, 'null')
                )::wedsync_internal.field_change);
            elsif field.storage = 'json' then
                columns := columns || pg_catalog.jsonb_build_object(
                    field.column_name,
                    coalesce(columns -> field.column_name, to_jsonb(stored) -> field.column_name) || pg_catalog.jsonb_build_object(field.json_key, value)
                );
            else
                columns := columns || pg_catalog.jsonb_build_object(field.column_name, value);
            end if;
            changed := array_append(changed, full_path);
        end loop;

        if refused <> '[]' then
            perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
        end if;
        if seen ? 'wedding.guestCount.total' and seen -> 'wedding.guestCount.total' <> 'null' and problems = '[]' then
            problems := problems || wedsync_internal.guest_total_problem(
                coalesce(columns -> 'guest_count', stored.guest_count), seen -> 'wedding.guestCount.total'
            );
        end if;
        if problems <> '[]' then
            perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
        end if;
        if conflicts <> '[]' then
            perform wedsync_internal.fail('version_conflict', pg_catalog.jsonb_build_object(
                'base_version', base_version, 'current_version', wedsync_internal.visible_version(wedding.right_versions, wedding.readable), 'conflicts', conflicts
            ));
        end if;
        if length(reason) > 1000 then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "reason", "rule": "at most 1000 characters"}');
        end if;
        if changed = '{}' then
            return;
        end if;

        exit when columns = '{}';
        stored := wedsync_internal.derive_core_fields('UPDATE', wedding.present, pg_catalog.jsonb_populate_record(stored, columns));
        diff := wedsync_internal.core_fields_diff('UPDATE', wedding.present, stored, stored.guest_count is distinct from columns -> 'guest_count');
        problems := diff.problems || wedsync_internal.validate_core_fields('UPDATE', wedding.present, stored);
        if problems <> '[]' then
            perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
        end if;
        changes := diff.changes || changes;
        old_columns := diff.old_columns || pg_catalog.jsonb_build_object('id', stored.id, 'couple_id', stored.couple_id);
        if columns ? 'guest_count' and stored.guest_count -> 'total' is distinct from columns #> '{guest_count,total}' then
            changed := array_append(changed, 'wedding.guestCount.total');
        end if;
        stored.version_number := wedding.version + 1;
        stored.updated_at := greatest(pg_catalog.clock_timestamp(), wedding.changed_at + interval '1 microsecond');
        stored.last_updated_by := wedsync_internal.current_user_id();
        if not is_locked then
            perform set_config('wedsync.highest_wedding', couple_id::text, true);
        end if;
        exit when wedsync_internal.store_core_fields(stored, (wedding.present).version_number);
        is_locked := true;
    end loop;

    -- a value that the session has set there is not the reason of this change
    if coalesce(reason, '') <> coalesce(current_setting('wedsync.change_reason', true), '') then
        perform set_config('wedsync.change_reason', coalesce(reason, ''), true);
    end if;
    if elements <> '{}' then
        for list in
            select split_part(e.key, '/', 1) as name, pg_catalog.jsonb_object_agg(split_part(e.key, '/', 2), e.value) as written
            from pg_catalog.jsonb_each(elements) as e group by 1
        loop
            lists := lists || pg_catalog.jsonb_build_object(list.name, (
                select pg_catalog.jsonb_agg(e.v || coalesce(list.written -> (e.v ->> 'id'), '{}') order by e.position)
                from pg_catalog.jsonb_array_elements(
                    wedsync_internal.list_document(list.name, apply_patch.couple_id, repeat('1', 128)::bit(128))
                ) with ordinality as e (v, position)
            ));
        end loop;
    end if;
    done := wedsync_internal.append_change(
        apply_patch.couple_id, 'durable', changes, array[row(
            case when columns = '{}' and (select count(*) = 1 from pg_catalog.jsonb_object_keys(lists)) then (select l.key from pg_catalog.jsonb_object_keys(lists) as l (key)) else 'core_fields' end,
            'UPDATE', 'core_fields_updated', null, null, null, null, to_jsonb(stored) || lists,
            case when columns <> '{}' then old_columns end, null, null
        )::wedsync_internal.change_event],
        case when columns <> '{}' then stored.updated_at end
    );
    if reason is not null then
        perform set_config('wedsync.change_reason', '', true);
    end if;
    if not is_locked then
        -- the wedding's lock is held only from here on: rights may have ended before
        select a.writable into wedding.writable from wedsync_internal.caller_access as a where a.couple_id = apply_patch.couple_id;
        if wedding.writable is null then
            perform wedsync_internal.fail('not_found');
        end if;
        for i in 1..cardinality(names) loop
            field := fields[i];
            if get_bit(wedding.writable, field.right_no) = 0 and field.is_writable then
                perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', pg_catalog.jsonb_build_array(names[i])));
            end if;
        end loop;
    end if;
    if columns <> '{}' and (done.version, done.changed_at) is distinct from (stored.version_number, stored.updated_at) then
        stored.version_number := done.version;
        stored.updated_at := done.changed_at;
        perform wedsync_internal.store_core_fields(stored, wedding.version + 1);
    end if;
    for list in select split_part(e.key, '/', 1) as name, split_part(e.key, '/', 2)::uuid as id, e.value as written from pg_catalog.jsonb_each(elements) as e loop
        perform wedsync_internal.write_element(apply_patch.couple_id, list.name, list.id, list.written, done.version);
    end loop;
    perform wedsync_internal.refresh_list(apply_patch.couple_id, l.key, l.value, done.changed_at, done.actor_id) from pg_catalog.jsonb_each(lists) as l;
end
$$;
comment on function wedsync_internal.apply_patch(uuid, jsonb, integer, text) is
'The write path: authorizes every field, validates, detects conflicts per field, stores actual changes and appends them as one version and one event. Returns the changed paths, and whether the caller may see the whole record.';
revoke all on function wedsync_internal.apply_patch(uuid, jsonb, integer, text) from public;

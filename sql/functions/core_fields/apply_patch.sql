create or replace function wedsync_internal.apply_patch(
    couple_id uuid, patch jsonb, base_version integer, reason text, reader uuid,
    out changed text[], out sees_all boolean, out stored wedsync_data.core_fields, out version integer
)
language plpgsql
volatile
as $$
declare
    plans wedsync_internal.planned_field[] := '{}'::wedsync_internal.planned_field[];
    entries jsonb;
    given text;
    plan wedsync_internal.planned_field;
    is_resolved boolean := false;
    names_elements boolean := false;
    is_locked boolean := false;
    wedding record;
    field wedsync_data.field_catalog;
    old_value jsonb;
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
    table_name text := 'core_fields';
    list record;
    diff record;
    old_columns jsonb;
    done record;
begin
    -- an expression instead of jsonb_each, because PL/pgSQL evaluates it without the executor
    entries := pg_catalog.jsonb_path_query_array(patch, '$.keyvalue()');
    for i in 0..pg_catalog.jsonb_array_length(entries) - 1 loop
        given := entries -> i ->> 'key';
        value := entries -> i -> 'value';
        -- the exact name of a field, or something that has to be resolved
        select f.* into field
        from wedsync_data.field_catalog as f
        where f.path = (select n.path from wedsync_data.field_names as n where n.name = given and n.kind = 'field')
            and f.storage <> 'element' and f.table_name = 'core_fields';
        if field.path is not null then
            plans := array_append(plans, row(given, field, null, value, null)::wedsync_internal.planned_field);
        else
            plans := plans || array(
                select row(p.given, f, p.element_id, case when p.rule = 'only_id' then to_jsonb(p.path) else p.value end, p.rule)::wedsync_internal.planned_field
                from wedsync_internal.plan_patch(pg_catalog.jsonb_build_object(given, value)) as p
                left join wedsync_data.field_catalog as f on f.path = p.path and p.rule is null
            );
            is_resolved := true;
        end if;
    end loop;
    if is_resolved then
        -- once, not for each entry: a patch may name thousands
        names_elements := exists (select from unnest(plans) as p where p.element_id is not null);
    end if;

    -- Optimistic: read without locks; the update of the row detects by its version whether another writer was faster, in which case this one retries
    -- under locks. Lists are protected only by the wedding's lock.
    loop
        -- a transaction that has locked another wedding locks this one in the order of lock_wedding
        if names_elements or is_locked or coalesce(current_setting('wedsync.highest_wedding', true), '') not in ('', couple_id::text) then
            -- the row before the clock, in the same order as an UPDATE of the table, to avoid deadlocks
            perform wedsync_internal.lock_wedding(couple_id, false, true);
            is_locked := true;
        end if;
        select a.readable, a.writable, m.sees_all, a.wedding_role, a.supplier_ids, k.seq, k.version, k.changed_at, k.right_versions, f as present
        into wedding
        from wedsync_data.reach as a
        join wedsync_data.visibility_masks as m on m.id = a.mask_id
        left join wedsync_data.wedding_clocks as k on k.couple_id = a.couple_id
        left join wedsync_data.core_fields as f on f.couple_id = a.couple_id
        where a.couple_id = apply_patch.couple_id and a.user_id = reader and a.valid_from <= now() and a.valid_until > now();
        stored := wedding.present;
        sees_all := wedding.sees_all;
        version := case when sees_all then wedding.version else wedsync_internal.visible_version(wedding.right_versions, wedding.readable) end;
        -- all checks that do not need the value, in one expression, because PL/pgSQL prepares each in every transaction
        if stored.couple_id is null or base_version is not null or wedding.writable = repeat('0', 128)::bit(128) then
            if wedding.readable is null then
                perform wedsync_internal.fail('not_found');
            end if;
            if wedding.writable = repeat('0', 128)::bit(128) then
                perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object(
                    'unauthorized_fields', (select pg_catalog.jsonb_agg(k.key) from pg_catalog.jsonb_object_keys(patch) as k (key))
                ));
            end if;
            if stored.couple_id is null then
                perform wedsync_internal.fail('not_found', null, 'Call ensure_core_fields first.');
            end if;
            -- compared with what the caller may have read, so that hidden changes do not show
            if base_version < 1 or base_version > version then
                perform wedsync_internal.fail('invalid_value', '{"parameter": "base_version", "rule": "a version that exists"}');
            end if;
        end if;

        changed := '{}';
        changes := '{}'::wedsync_internal.field_change[];
        columns := '{}'::jsonb;
        old_columns := '{}'::jsonb;
        elements := null;
        refused := null;
        problems := null;
        conflicts := null;
        seen := null;
        foreach plan in array plans loop
            field := plan.field;
            value := plan.value;
            if plan.rule is not null then
                if plan.rule <> 'only_id' then
                    problems := coalesce(problems, '[]') || pg_catalog.jsonb_build_object('path', plan.name, 'rule', plan.rule);
                elsif wedsync_internal.element_value(value #>> '{}', apply_patch.couple_id, plan.element_id, null) is null then
                    problems := coalesce(problems, '[]') || pg_catalog.jsonb_build_object('path', plan.name, 'rule', 'known_element_id');
                end if;
                continue;
            end if;
            if plan.element_id is null then
                old_value := wedsync_internal.core_fields_value(stored, field.right_no);
                current_value := coalesce(old_value, 'null');
                full_path := field.path;
            else
                current_value := wedsync_internal.element_value(field.table_name, apply_patch.couple_id, plan.element_id, field.json_key);
                full_path := regexp_replace(field.path, '\.[^.]+$', '') || '/' || plan.element_id || '/' || field.json_key;
            end if;
            if get_bit(wedding.writable, field.right_no) = 0 then
                -- clients send back whole objects including derived values: unchanged ones are not an attempt to write
                if field.is_writable or get_bit(wedding.readable, field.right_no) = 0 or value is distinct from current_value then
                    refused := coalesce(refused, '[]') || to_jsonb(plan.name);
                end if;
                continue;
            end if;
            if current_value is null then
                problem := 'known_element_id';
            elsif field.data_type = 'text' and pg_catalog.jsonb_typeof(value) = 'string' and length(value #>> '{}') <= field.max_length
                and value #>> '{}' !~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
                -- the most common kind: a text that violates no rule of value_problem
                problem := null;
            else
                problem := wedsync_internal.field_problem(field, value);
                if problem is null and field.path = 'wedding.date' and value is distinct from current_value and value <> 'null' then
                    problem := wedsync_internal.wedding_date_problem((value #>> '{}')::date);
                end if;
            end if;
            if problem is not null or seen ? full_path then
                continue when problem is null and seen -> full_path = value;
                problems := coalesce(problems, '[]') || pg_catalog.jsonb_build_object('path', plan.name, 'rule', coalesce(problem, 'given_twice'));
                continue;
            end if;
            seen := coalesce(seen, '{}') || pg_catalog.jsonb_build_object(full_path, value);
            if field.data_type in ('text_set', 'color_set', 'text_list', 'time', 'money') and field.storage <> 'json' then
                value := wedsync_internal.stored_value(field.data_type, value);
            end if;
            continue when value = current_value;
            if base_version < wedding.right_versions[field.right_no + 1] then
                conflicts := coalesce(conflicts, '[]') || coalesce(
                    wedsync_internal.conflict_detail(apply_patch.couple_id, full_path, base_version, current_value, plan.value), '[]'
                );
            end if;
            if plan.element_id is not null then
                elements := pg_catalog.jsonb_set(
                    pg_catalog.jsonb_build_object(field.table_name || '/' || plan.element_id, '{}'::jsonb) || coalesce(elements, '{}'),
                    array[field.table_name || '/' || plan.element_id, field.json_key], value
                );
                changes := array_append(changes, row(
                    field.table_name, 'update', field.right_no, full_path, plan.element_id, nullif(current_value, 'null'), nullif(value, 'null')
                )::wedsync_internal.field_change);
            elsif field.json_key is null then
                columns := columns || pg_catalog.jsonb_build_object(field.column_name, value);
                old_columns := old_columns || pg_catalog.jsonb_build_object(field.column_name, old_value);
                changes := array_append(changes, row(
                    'core_fields', 'update', field.right_no, full_path, null, old_value, nullif(value, 'null')
                )::wedsync_internal.field_change);
            else
                columns := columns || pg_catalog.jsonb_build_object(
                    field.column_name,
                    coalesce(columns -> field.column_name, to_jsonb(stored) -> field.column_name) || pg_catalog.jsonb_build_object(field.json_key, value)
                );
                old_columns := old_columns || pg_catalog.jsonb_build_object(
                    field.column_name, coalesce(old_columns -> field.column_name, '{}') || pg_catalog.jsonb_build_object(field.json_key, current_value)
                );
                changes := array_append(changes, row(
                    'core_fields', 'update', field.right_no, full_path, null, old_value, value
                )::wedsync_internal.field_change);
            end if;
            changed := array_append(changed, full_path);
        end loop;

        if refused is not null or problems is not null or conflicts is not null or reason is not null or seen ? 'wedding.guestCount.total' then
            if refused is not null then
                perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
            end if;
            if problems is null and nullif(seen -> 'wedding.guestCount.total', 'null') is not null then
                problems := nullif(wedsync_internal.guest_total_problem(
                    coalesce(columns -> 'guest_count', stored.guest_count), seen -> 'wedding.guestCount.total'
                ), '[]');
            end if;
            if problems is not null then
                perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
            end if;
            -- a change of another element of the same list is not a conflict
            if conflicts <> '[]' then
                perform wedsync_internal.fail('version_conflict', pg_catalog.jsonb_build_object(
                    'base_version', base_version, 'current_version', wedsync_internal.visible_version(wedding.right_versions, wedding.readable), 'conflicts', conflicts
                ));
            end if;
            if length(reason) > 1000 then
                perform wedsync_internal.fail('invalid_value', '{"parameter": "reason", "rule": "at most 1000 characters"}');
            end if;
        end if;
        if changed = '{}' then
            return;
        end if;

        exit when columns = '{}';
        stored := pg_catalog.jsonb_populate_record(stored, columns);
        if wedsync_internal.core_fields_derives(columns) then
            stored := wedsync_internal.derive_core_fields('UPDATE', wedding.present, stored);
            diff := wedsync_internal.core_fields_diff('UPDATE', wedding.present, stored, true);
            if diff.problems <> '[]' then
                perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', diff.problems));
            end if;
            -- including derived values
            if stored.guest_count -> 'total' is distinct from columns #> '{guest_count,total}' and columns ? 'guest_count' then
                changed := array_append(changed, 'wedding.guestCount.total');
            end if;
            changes := diff.changes || array(select c from unnest(changes) as c where c.element_id is not null);
            old_columns := diff.old_columns;
        else
            if wedsync_internal.core_fields_validates(columns) then
                problems := wedsync_internal.validate_core_fields('UPDATE', wedding.present, stored);
                if problems <> '[]' then
                    perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
                end if;
            end if;
            if cardinality(changes) > 1 then
                -- in the order of the fields, elements of lists last
                changes := array(
                    select c from unnest(changes) as c order by c.element_id is not null, c.right_no, c.path
                );
            end if;
        end if;
        stored.version_number := wedding.version + 1;
        stored.updated_at := greatest(pg_catalog.clock_timestamp(), wedding.changed_at + interval '1 microsecond');
        stored.last_updated_by := case when reader = wedsync_internal.server_reader() then wedsync_internal.current_user_id() else reader end;
        exit when wedsync_internal.store_core_fields(stored, (wedding.present).version_number);
        is_locked := true;
    end loop;

    -- a value that the session has set there is not the reason of this change
    if coalesce(reason, '') <> coalesce(current_setting('wedsync.change_reason', true), '') then
        perform set_config('wedsync.change_reason', coalesce(reason, ''), true);
    end if;
    if elements is not null then
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
        if columns = '{}' then
            table_name := (select case count(*) when 1 then min(l.key) else 'core_fields' end from pg_catalog.jsonb_object_keys(lists) as l (key));
        end if;
    end if;
    -- expressions without a query or PERFORM, here and around, are evaluated without the executor
    done := wedsync_internal.append_change(
        apply_patch.couple_id, 'durable', changes, array[row(
            table_name, 'UPDATE', 'core_fields_updated', null, null, null, null, to_jsonb(stored) || lists,
            case when columns <> '{}' then old_columns || pg_catalog.jsonb_build_object('id', stored.id, 'couple_id', stored.couple_id) end, null, null
        )::wedsync_internal.change_event],
        case when columns <> '{}' then stored.updated_at end, wedding.wedding_role, wedding.supplier_ids, reader
    );
    if reason is not null then
        perform set_config('wedsync.change_reason', '', true);
    end if;
    if not is_locked then
        given := set_config('wedsync.highest_wedding', couple_id::text, true);
        -- the wedding's lock is held only from here on: rights may have ended before
        select a.writable into wedding.writable
        from wedsync_data.reach as a
        where a.couple_id = apply_patch.couple_id and a.user_id = reader and a.valid_from <= now() and a.valid_until > now();
        if wedding.writable is null then
            perform wedsync_internal.fail('not_found');
        end if;
        foreach plan in array plans loop
            if get_bit(wedding.writable, (plan.field).right_no) = 0 and (plan.field).is_writable then
                perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', pg_catalog.jsonb_build_array(plan.name)));
            end if;
        end loop;
    end if;
    version := done.version;
    if columns <> '{}' and (done.version, done.changed_at) is distinct from (stored.version_number, stored.updated_at) then
        stored.version_number := done.version;
        stored.updated_at := done.changed_at;
        perform wedsync_internal.store_core_fields(stored, wedding.version + 1);
    end if;
    if elements is not null then
        for list in select split_part(e.key, '/', 1) as name, split_part(e.key, '/', 2)::uuid as id, e.value as written from pg_catalog.jsonb_each(elements) as e loop
            perform wedsync_internal.write_element(apply_patch.couple_id, list.name, list.id, list.written, done.version);
        end loop;
        perform wedsync_internal.refresh_list(apply_patch.couple_id, l.key, l.value, done.changed_at, done.actor_id) from pg_catalog.jsonb_each(lists) as l;
    end if;
end
$$;
comment on function wedsync_internal.apply_patch(uuid, jsonb, integer, text, uuid) is
'The write path: authorizes every field, validates, detects conflicts per field, stores actual changes and appends them as one version and one event. reader is reader(); never take it from a client. Returns the changed paths, whether the caller may see the whole record, and the new row and version.';
revoke all on function wedsync_internal.apply_patch(uuid, jsonb, integer, text, uuid) from public;

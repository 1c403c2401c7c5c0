create or replace function wedsync_internal.apply_patch(
    couple_id uuid, patch jsonb, base_version integer, reason text, out changed text[], out sees_all boolean
)
language plpgsql
volatile
as $$
declare
    readable bit(128);
    writable bit(128);
    clock wedsync_data.wedding_clocks;
    seq_before bigint;
    present wedsync_data.core_fields;
    stored wedsync_data.core_fields;
    leaf wedsync_data.field_catalog;
    planned record;
    current_value jsonb;
    problem text;
    columns jsonb := '{}'::jsonb;
    elements jsonb := '{}'::jsonb;
    refused jsonb := '[]'::jsonb;
    problems jsonb := '[]'::jsonb;
    conflicts jsonb := '[]'::jsonb;
    seen jsonb := '{}'::jsonb;
    full_path text;
    everything bit(128);
    waited boolean;
begin
    changed := '{}';
    perform wedsync_internal.check_json(patch, 'patch', wedsync_internal.setting_limit('patch_max_bytes'));
    select a.readable, a.writable, k.seq, n.mask into readable, writable, seq_before, everything
    from wedsync_internal.caller_access as a
    join wedsync_data.field_names as n on n.name = 'everything'
    left join wedsync_data.wedding_clocks as k on k.couple_id = a.couple_id
    where a.couple_id = apply_patch.couple_id;
    if readable is null then
        perform wedsync_internal.fail('not_found');
    end if;
    if writable = repeat('0', 128)::bit(128) then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object(
            'unauthorized_fields', (select pg_catalog.jsonb_agg(k.key) from pg_catalog.jsonb_object_keys(patch) as k (key))
        ));
    end if;

    -- the row before the clock, as an UPDATE of the table takes them: so nobody waits for each other crosswise
    waited := wedsync_internal.lock_wedding(couple_id, false, true);
    select f.* into present from wedsync_data.core_fields as f where f.couple_id = apply_patch.couple_id;
    select k.* into clock from wedsync_data.wedding_clocks as k where k.couple_id = apply_patch.couple_id;
    if waited or clock.seq <> seq_before then
        -- something may have happened meanwhile: the end of a right, or of a membership, which no wedding counts
        select a.readable, a.writable into readable, writable
        from wedsync_internal.caller_access as a where a.couple_id = apply_patch.couple_id;
        if readable is null then
            perform wedsync_internal.fail('not_found');
        end if;
    end if;
    if present.couple_id is null then
        perform wedsync_internal.fail('not_found', null, 'Call ensure_core_fields first.');
    end if;
    -- held against what the caller can have read: how far hidden changes have got must not show
    if base_version is not null and (
        base_version < 1 or base_version > wedsync_internal.visible_version(clock.right_versions, readable)
    ) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "base_version", "rule": "a version that exists"}');
    end if;

    for planned in select p.* from wedsync_internal.plan_patch(patch) as p loop
        if planned.rule = 'only_id' then
            if not exists (select from wedsync_internal.element_value(planned.path, apply_patch.couple_id, planned.element_id, null) as e (v) where e.v is not null) then
                problems := problems || pg_catalog.jsonb_build_object('path', planned.given, 'rule', 'known_element_id');
            end if;
            continue;
        end if;
        if planned.rule is not null then
            problems := problems || pg_catalog.jsonb_build_object('path', planned.given, 'rule', planned.rule);
            continue;
        end if;
        select c.* into leaf from wedsync_data.field_catalog as c where c.right_no = planned.right_no;
        if leaf.storage = 'element' then
            current_value := wedsync_internal.element_value(leaf.column_name, apply_patch.couple_id, planned.element_id, leaf.json_key);
            full_path := regexp_replace(leaf.path, '\.[^.]+$', '') || '/' || planned.element_id || '/' || leaf.json_key;
        else
            current_value := coalesce(wedsync_internal.leaf_value(present, leaf.right_no), 'null');
            full_path := leaf.path;
        end if;
        if get_bit(writable, leaf.right_no) = 0 then
            -- whole objects are sent back with derived values in them: unchanged ones are no attempt to write
            if not leaf.is_writable and get_bit(readable, leaf.right_no) = 1 and planned.value = current_value then
                continue;
            end if;
            refused := refused || to_jsonb(planned.given);
            continue;
        end if;
        if current_value is null then
            problems := problems || pg_catalog.jsonb_build_object('path', planned.given, 'rule', 'known_element_id');
            continue;
        end if;
        problem := wedsync_internal.field_problem(leaf, planned.value);
        if problem is null and leaf.right_no = 12 and planned.value is distinct from current_value and planned.value <> 'null' then
            problem := wedsync_internal.wedding_date_problem((planned.value #>> '{}')::date);
        end if;
        if problem is null and seen ? full_path and seen -> full_path <> planned.value then
            problem := 'given_twice';
        end if;
        if problem is not null then
            problems := problems || pg_catalog.jsonb_build_object('path', planned.given, 'rule', problem);
            continue;
        end if;
        if seen ? full_path then
            continue;
        end if;
        seen := seen || pg_catalog.jsonb_build_object(full_path, planned.value);
        -- compared as stored: a time of 16:00 is 16:00:00, an amount of 5 is 5.00
        if planned.value = current_value
            or (leaf.data_type = 'time' and planned.value <> 'null' and current_value <> 'null'
                and (planned.value #>> '{}')::time = (current_value #>> '{}')::time) then
            continue;
        end if;
        if base_version < clock.right_versions[leaf.right_no + 1] then
            conflicts := conflicts || coalesce(
                wedsync_internal.conflict_detail(apply_patch.couple_id, full_path, base_version, current_value, planned.value), '[]'
            );
        end if;
        if leaf.storage = 'element' then
            elements := pg_catalog.jsonb_set(
                pg_catalog.jsonb_build_object(leaf.column_name || '/' || planned.element_id, '{}'::jsonb) || elements,
                array[leaf.column_name || '/' || planned.element_id, leaf.json_key], planned.value
            );
        elsif leaf.storage = 'json' then
            columns := columns || pg_catalog.jsonb_build_object(
                leaf.column_name,
                coalesce(columns -> leaf.column_name, to_jsonb(present) -> leaf.column_name) || pg_catalog.jsonb_build_object(leaf.json_key, planned.value)
            );
        else
            columns := columns || pg_catalog.jsonb_build_object(
                leaf.column_name, case when leaf.data_type in ('text_set', 'color_set') and planned.value = 'null' then '[]' else planned.value end
            );
        end if;
        changed := array_append(changed, full_path);
    end loop;

    if refused <> '[]' then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
    end if;
    if seen ? 'wedding.guestCount.total' and seen -> 'wedding.guestCount.total' <> 'null' and problems = '[]' then
        problems := problems || wedsync_internal.guest_total_problem(
            coalesce(columns -> 'guest_count', present.guest_count), seen -> 'wedding.guestCount.total'
        );
    end if;
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    if conflicts <> '[]' then
        perform wedsync_internal.fail('version_conflict', pg_catalog.jsonb_build_object(
            'base_version', base_version, 'current_version', wedsync_internal.visible_version(clock.right_versions, readable), 'conflicts', conflicts
        ));
    end if;

    if length(reason) > 1000 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "reason", "rule": "at most 1000 characters"}');
    end if;
    -- whatever the session may have set there by itself is not the reason of this change
    if coalesce(reason, '') <> coalesce(current_setting('wedsync.change_reason', true), '') then
        perform set_config('wedsync.change_reason', coalesce(reason, ''), true);
    end if;
    if columns <> '{}' then
        present := pg_catalog.jsonb_populate_record(present, columns);
        update wedsync_data.core_fields as f
        set partner1_name = present.partner1_name,
            partner1_email = present.partner1_email,
            partner1_phone = present.partner1_phone,
            partner2_name = present.partner2_name,
            partner2_email = present.partner2_email,
            partner2_phone = present.partner2_phone,
            couple_address = present.couple_address,
            private_notes = present.private_notes,
            wedding_date = present.wedding_date,
            time_zone = present.time_zone,
            ceremony_venue = present.ceremony_venue,
            reception_venue = present.reception_venue,
            guest_count = present.guest_count,
            wedding_style = present.wedding_style,
            wedding_colors = present.wedding_colors,
            ceremony_time = present.ceremony_time,
            reception_time = present.reception_time,
            budget_total = present.budget_total,
            budget_currency = present.budget_currency,
            sharing_preferences = present.sharing_preferences
        where f.couple_id = apply_patch.couple_id
        returning f.* into stored;
        if stored.guest_count -> 'total' is distinct from present.guest_count -> 'total' then
            changed := array_append(changed, 'wedding.guestCount.total');
        end if;
    end if;
    if elements <> '{}' then
        perform wedsync_internal.write_element(
            apply_patch.couple_id, split_part(e.key, '/', 1), split_part(e.key, '/', 2)::uuid, e.value
        ) from pg_catalog.jsonb_each(elements) as e;
    end if;
    if reason is not null then
        perform set_config('wedsync.change_reason', '', true);
    end if;
    sees_all := readable & everything = everything;
end
$$;
comment on function wedsync_internal.apply_patch(uuid, jsonb, integer, text) is
'The one write path: authorises every leaf, validates, detects conflicts per leaf and stores what really changes. Storing fires the triggers that version, audit and announce. Returns the paths that changed, and whether the caller may see the whole record.';
revoke all on function wedsync_internal.apply_patch(uuid, jsonb, integer, text) from public;

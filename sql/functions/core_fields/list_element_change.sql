create or replace function wedsync_internal.list_element_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    before constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) else '{}'::jsonb end;
    after constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) else '{}'::jsonb end;
    couple constant uuid := coalesce(after ->> 'couple_id', before ->> 'couple_id')::uuid;
    element constant uuid := coalesce(after ->> 'id', before ->> 'id')::uuid;
    leaf wedsync_data.field_catalog;
    right_nos smallint[] := '{}'::smallint[];
    paths text[] := '{}'::text[];
    old_values jsonb[] := '{}'::jsonb[];
    new_values jsonb[] := '{}'::jsonb[];
    problems jsonb := '[]'::jsonb;
    rule text;
    list_path text;
    old_value jsonb;
    new_value jsonb;
    done record;
    elements jsonb;
begin
    if tg_op = 'UPDATE' and (new.couple_id is distinct from old.couple_id or new.id is distinct from old.id) then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "id", "rule": "the id and wedding of an element cannot be changed"}');
    end if;
    for leaf in select c.* from wedsync_data.field_catalog as c where c.column_name = tg_table_name order by c.right_no loop
        list_path := coalesce(list_path, regexp_replace(leaf.path, '\.[^.]+$', ''));
        old_value := nullif(before -> leaf.json_key, 'null');
        new_value := nullif(after -> leaf.json_key, 'null');
        -- the place in the list travels with the name, so that history can rebuild the order; a new place is list_order_change's
        if tg_op <> 'UPDATE' and leaf.json_key = 'name' then
            right_nos := array_append(right_nos, leaf.right_no);
            paths := array_append(paths, list_path || '/' || element || '/order_key');
            old_values := array_append(old_values, before -> 'order_key');
            new_values := array_append(new_values, after -> 'order_key');
        end if;
        -- making or removing an element touches all of its leaves, so that those who see any of them hear of it
        if tg_op = 'UPDATE' and old_value is not distinct from new_value then
            continue;
        end if;
        rule := wedsync_internal.field_problem(leaf, new_value);
        if rule is not null then
            problems := problems || pg_catalog.jsonb_build_object('path', leaf.path, 'rule', rule);
        end if;
        right_nos := array_append(right_nos, leaf.right_no);
        paths := array_append(paths, list_path || '/' || element || '/' || leaf.json_key);
        old_values := array_append(old_values, old_value);
        new_values := array_append(new_values, new_value);
    end loop;
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    if right_nos <> '{}' then
        -- the wedding's lock comes before the list is read, so that the newest state is announced and shown last
        perform wedsync_internal.lock_wedding(couple);
        elements := wedsync_internal.list_document(tg_table_name, couple, repeat('1', 128)::bit(128));
        done := wedsync_internal.record_change(
            couple, tg_table_name, tg_op,
            case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
            right_nos, paths, element, old_values, new_values,
            (select to_jsonb(f) from wedsync_data.core_fields as f where f.couple_id = couple) || pg_catalog.jsonb_build_object(tg_table_name, elements),
            null
        );
        perform wedsync_internal.show_list(couple, tg_table_name, elements, done.changed_at, done.actor_id);
    end if;
    return null;
end
$$;
comment on function wedsync_internal.list_element_change() is 'Validates, versions, audits and announces changes of list elements, one audit row per field.';
revoke all on function wedsync_internal.list_element_change() from public;

create or replace trigger list_element_change
after insert or update or delete on wedsync_data.key_moments
for each row execute function wedsync_internal.list_element_change();
comment on trigger list_element_change on wedsync_data.key_moments is 'Validates, versions, audits and announces every change.';

create or replace trigger list_element_change
after insert or update or delete on wedsync_data.wedding_party
for each row execute function wedsync_internal.list_element_change();
comment on trigger list_element_change on wedsync_data.wedding_party is 'Validates, versions, audits and announces every change.';

create or replace trigger list_element_change
after insert or update or delete on wedsync_data.family_vips
for each row execute function wedsync_internal.list_element_change();
comment on trigger list_element_change on wedsync_data.family_vips is 'Validates, versions, audits and announces every change.';

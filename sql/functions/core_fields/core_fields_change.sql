create or replace function wedsync_internal.core_fields_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    right_nos smallint[];
    ordered smallint[] := '{}'::smallint[];
    paths text[] := '{}'::text[];
    old_values jsonb[] := '{}'::jsonb[];
    new_values jsonb[] := '{}'::jsonb[];
    problems jsonb := '[]'::jsonb;
    old_columns jsonb := '{}'::jsonb;
    rule text;
    leaf wedsync_data.field_catalog;
    old_value jsonb;
    new_value jsonb;
    done record;
begin
    if tg_op = 'DELETE' then
        new := old;
    end if;
    if tg_op = 'UPDATE' then
        if new.couple_id is distinct from old.couple_id or new.id is distinct from old.id then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "a record cannot be moved to another couple"}');
        end if;
        new.created_at := old.created_at;
        new.version_number := old.version_number;
        new.updated_at := old.updated_at;
        new.last_updated_by := old.last_updated_by;
        right_nos := wedsync_internal.changed_leaves(old, new);
        if right_nos = '{}' then
            return new;
        end if;
        if 24 = any (right_nos) or 25 = any (right_nos) or 26 = any (right_nos) then
            new := wedsync_internal.settle_guest_total(old, new);
            right_nos := wedsync_internal.changed_leaves(old, new);
        end if;
    else
        right_nos := array(
            select c.right_no from wedsync_data.field_catalog as c
            where c.storage <> 'element'
                and wedsync_internal.leaf_value(new, c.right_no) is not null
                and wedsync_internal.leaf_value(new, c.right_no) not in ('[]'::jsonb, 'null'::jsonb)
            order by c.right_no
        );
    end if;

    for leaf in select c.* from wedsync_data.field_catalog as c where c.right_no = any (right_nos) order by c.right_no loop
        old_value := case when tg_op <> 'INSERT' then wedsync_internal.leaf_value(old, leaf.right_no) end;
        new_value := case when tg_op <> 'DELETE' then wedsync_internal.leaf_value(new, leaf.right_no) end;
        if tg_op <> 'DELETE' then
            rule := wedsync_internal.field_problem(leaf, new_value);
            if rule is null and leaf.right_no = 12 then
                rule := wedsync_internal.wedding_date_problem(new.wedding_date);
            elsif rule is null and leaf.right_no in (0, 3)
                and coalesce(new.partner1_name, '') !~ '\S' and coalesce(new.partner2_name, '') !~ '\S' then
                -- a query of its own: inside the condition it would be run for every leaf
                select 'a_partner_name_is_needed_while_sharing' into rule
                from wedsync_data.grants as g
                where g.couple_id = new.couple_id and g.grantee_kind = 'supplier' and g.state = 'approved'
                limit 1;
            end if;
            if rule is not null then
                problems := problems || pg_catalog.jsonb_build_object('path', leaf.path, 'rule', rule);
            end if;
        end if;
        -- leaves, paths and values stand at the same positions: what an audience may see is decided by the leaf
        ordered := array_append(ordered, leaf.right_no);
        paths := array_append(paths, leaf.path);
        old_values := array_append(old_values, old_value);
        new_values := array_append(new_values, new_value);
        if tg_op = 'UPDATE' then
            old_columns := case
                when leaf.json_key is null then
                    old_columns || pg_catalog.jsonb_build_object(leaf.column_name, old_value)
                else pg_catalog.jsonb_set(
                    pg_catalog.jsonb_build_object(leaf.column_name, '{}'::jsonb) || old_columns,
                    array[leaf.column_name, leaf.json_key], coalesce(old_value, 'null')
                )
            end;
        end if;
    end loop;
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;

    done := wedsync_internal.record_change(
        new.couple_id, 'core_fields', tg_op,
        case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end,
        ordered, paths, null, old_values, new_values,
        to_jsonb(new),
        case when tg_op = 'UPDATE' then old_columns || pg_catalog.jsonb_build_object('id', old.id, 'couple_id', old.couple_id) end
    );
    if tg_op = 'DELETE' then
        return old;
    end if;
    new.version_number := done.version;
    new.updated_at := done.changed_at;
    new.last_updated_by := done.actor_id;
    return new;
end
$$;
comment on function wedsync_internal.core_fields_change() is
'Invariants of core_fields, also for direct statements of an administrator: validates changed leaves, versions, audits and announces. A statement that changes nothing leaves no trace.';
revoke all on function wedsync_internal.core_fields_change() from public;

create or replace trigger core_fields_change
before insert or update or delete on wedsync_data.core_fields
for each row execute function wedsync_internal.core_fields_change();
comment on trigger core_fields_change on wedsync_data.core_fields is 'Validates, versions, audits and announces every change.';

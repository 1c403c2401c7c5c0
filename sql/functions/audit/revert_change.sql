create or replace function wedsync.revert_change(couple_id uuid, audit_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    entry wedsync_data.audit_log;
    field wedsync_data.field_catalog;
    present jsonb;
    element jsonb;
    place text;
    predecessor uuid;
    outcome jsonb;
    is_row boolean;
begin
    perform wedsync_internal.enforce_rate_limit('core-fields-write', 0);
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id,audit_id}', array[couple_id is not null, audit_id is not null]);
    select l.* into entry
    from wedsync_data.audit_log as l
    join wedsync_internal.caller_access as a on a.couple_id = l.couple_id
    where l.couple_id = revert_change.couple_id and l.chain_no = audit_id / 1000000 and l.id = audit_id
        and wedsync_internal.sees_change(a.readable, l.right_no);
    if entry.id is null then
        perform wedsync_internal.fail('not_found');
    end if;
    perform wedsync_internal.require_assurance('revert_change', entry.couple_id, null);
    if entry.right_no is null or entry.path like '%/order_key' then
        perform wedsync_internal.fail('state_conflict', '{"rule": "only changes of values can be reverted"}', 'Use the sharing or list functions instead.');
    end if;
    is_row := exists (select from wedsync_data.record_catalog as r where r.record_name = entry.table_name and r.shape = 'rows');
    select c.* into field from wedsync_data.field_catalog as c
    join wedsync_data.record_catalog as r on r.record_name = c.table_name and r.shape in ('document', 'list')
    where c.right_no = entry.right_no and c.table_name = entry.table_name;
    if field.path is null and not is_row then
        perform wedsync_internal.fail(
            'state_conflict', '{"rule": "only changes of core fields, their lists and rows can be reverted"}',
            'Use the functions of that record instead.'
        );
    end if;
    if entry.salt is null then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the values of this change were erased"}', 'Set the field with update_core_fields instead.');
    end if;
    perform wedsync_internal.lock_wedding(entry.couple_id, false, true);
    -- checked again: the right may have been revoked while this waited, and errors below contain the current value
    perform from wedsync_internal.caller_access as a where a.couple_id = entry.couple_id and get_bit(a.readable, entry.right_no) = 1;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
    if is_row then
        return wedsync_internal.revert_row(entry);
    end if;

    if entry.element_id is not null and entry.change_type = 'create' then
        if exists (
            select from wedsync_data.audit_log as l
            where l.couple_id = entry.couple_id and l.element_id = entry.element_id and l.chain_no > entry.chain_no and l.change_type <> 'rekey'
        ) then
            perform wedsync_internal.fail('state_conflict', '{"rule": "the element has changed since"}', 'Revert the later changes first, or change the element directly.');
        end if;
        return wedsync.remove_list_element(entry.couple_id, field.column_name, entry.element_id, 'Reverts change ' || audit_id);
    elsif entry.element_id is not null and entry.change_type = 'delete' then
        select
            pg_catalog.jsonb_object_agg(c.json_key, l.old_value) filter (where c.json_key is not null and l.path not like '%/order_key' and l.old_value is not null),
            max(l.old_value #>> '{}') filter (where l.path like '%/order_key')
        into element, place
        from wedsync_data.audit_log as l
        join wedsync_data.field_catalog as c on c.right_no = l.right_no
        where l.couple_id = entry.couple_id and l.chain_no = entry.chain_no and l.element_id = entry.element_id;
        predecessor := wedsync_internal.preceding_element(field.column_name, entry.couple_id, entry.chain_no, place);
        outcome := wedsync.add_list_element(
            entry.couple_id, field.column_name, element || pg_catalog.jsonb_build_object('id', entry.element_id), predecessor,
            'Reverts change ' || audit_id
        );
        if predecessor is null then
            perform wedsync.move_list_element(entry.couple_id, field.column_name, entry.element_id, null);
        end if;
        return outcome;
    end if;

    if entry.element_id is not null then
        present := wedsync_internal.element_value(field.column_name, entry.couple_id, entry.element_id, field.json_key);
        if present is null then
            perform wedsync_internal.fail('state_conflict', '{"rule": "the element has been removed since"}', 'Add it again with add_list_element.');
        end if;
    else
        select wedsync_internal.core_fields_value(f, entry.right_no) into present from wedsync_data.core_fields as f where f.couple_id = entry.couple_id;
    end if;
    if nullif(present, 'null') is distinct from nullif(entry.new_value, 'null') then
        perform wedsync_internal.fail('version_conflict', pg_catalog.jsonb_build_object('conflicts', pg_catalog.jsonb_build_array(
            pg_catalog.jsonb_build_object(
                'path', entry.path, 'base', entry.new_value, 'current', present, 'incoming', entry.old_value
            )
        )), 'The field was changed again since; revert that change first.');
    end if;
    return wedsync.update_core_fields(
        entry.couple_id, pg_catalog.jsonb_build_object(replace(entry.path, '/', '.'), coalesce(entry.old_value, 'null')), null,
        'Reverts change ' || audit_id
    );
end
$$;
comment on function wedsync.revert_change(uuid, bigint) is
'Reverts one change of a wedding''s audit trail by a new change with its own audit row
The field must still have the value that the change wrote, and the caller needs the right to write it. A removed list element or row is restored with all its values, an added one is removed. Returns what update_core_fields or the list function returns; {couple_id, version, changed} for rows.
Errors: stronger_sign_in (PT403), not_found (PT404), fields_not_allowed (42501), version_conflict and state_conflict (PT409), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.revert_change(uuid, bigint) from public;
grant execute on function wedsync.revert_change(uuid, bigint) to authenticated, service_role, wedsync_admin;

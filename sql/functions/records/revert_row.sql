create or replace function wedsync_internal.revert_row(entry wedsync_data.audit_log)
returns jsonb
language plpgsql
volatile
as $$
declare
    field_column text;
    present jsonb;
    parts jsonb;
    done boolean;
begin
    if entry.change_type <> 'update' and exists (
        select from wedsync_data.audit_log as l
        where l.couple_id = entry.couple_id and l.chain_no > entry.chain_no and l.table_name = entry.table_name and l.element_id = entry.element_id
    ) then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the row has changed since"}', 'Revert the later changes first, or change the row directly.');
    end if;
    perform set_config('wedsync.change_reason', 'Reverts change ' || entry.id, true);
    case entry.change_type
        when 'create' then
            execute format('select wedsync_internal.%I($1, array[$2]) = 1', 'remove_' || entry.table_name)
            into done using entry.couple_id, entry.element_id;
        when 'delete' then
            -- one audit row for each right; values that follow from others are worked out again
            select coalesce(bool_and(l.salt is not null), false) into done
            from wedsync_data.audit_log as l
            where l.couple_id = entry.couple_id and l.chain_no = entry.chain_no and l.table_name = entry.table_name and l.element_id = entry.element_id;
            if not done then
                perform wedsync_internal.fail('state_conflict', '{"rule": "the values of this change were erased"}', 'Insert the row anew.');
            end if;
            select pg_catalog.jsonb_object_agg(p.key, p.value) into parts
            from wedsync_data.audit_log as l
            cross join lateral pg_catalog.jsonb_each(l.old_value) as p (key, value)
            join wedsync_data.field_catalog as f on f.table_name = l.table_name and f.column_name = p.key and f.is_writable
            where l.couple_id = entry.couple_id and l.chain_no = entry.chain_no and l.table_name = entry.table_name and l.element_id = entry.element_id;
            -- a column that is null counts as not given
            execute format(
                'insert into wedsync.%1$I select (jsonb_populate_record(null::wedsync.%1$I, $1)).* returning true', entry.table_name
            ) into done using parts || pg_catalog.jsonb_build_object('couple_id', entry.couple_id, 'id', entry.element_id);
        else
            field_column := split_part(entry.path, '/', 3);
            if not exists (
                select from wedsync_data.field_catalog as f
                where f.table_name = entry.table_name and f.column_name = field_column and f.right_no = entry.right_no
            ) then
                perform wedsync_internal.fail('state_conflict', '{"rule": "the field is no longer there"}', 'Change the row directly.');
            end if;
            execute format('select to_jsonb(e) -> $3 from wedsync_data.%I as e where e.couple_id = $1 and e.id = $2', entry.table_name)
            into present using entry.couple_id, entry.element_id, field_column;
            if present is null then
                perform wedsync_internal.fail('state_conflict', '{"rule": "the row has been deleted since"}', 'Revert its deletion first.');
            end if;
            if nullif(present, 'null') is distinct from nullif(entry.new_value, 'null') then
                perform wedsync_internal.fail('version_conflict', pg_catalog.jsonb_build_object('conflicts', pg_catalog.jsonb_build_array(
                    pg_catalog.jsonb_build_object('path', entry.path, 'base', entry.new_value, 'current', present, 'incoming', entry.old_value)
                )), 'The field was changed again since; revert that change first.');
            end if;
            execute format(
                'update wedsync.%1$I set %2$I = (select r.%2$I from jsonb_populate_record(null::wedsync_data.%1$I, $3) as r) where couple_id = $1 and id = $2 returning true',
                entry.table_name, field_column
            ) into done using entry.couple_id, entry.element_id, pg_catalog.jsonb_build_object(field_column, entry.old_value);
    end case;
    perform set_config('wedsync.change_reason', '', true);
    if done is not true then
        perform wedsync_internal.fail('not_found');
    end if;
    return (
        select pg_catalog.jsonb_build_object('couple_id', k.couple_id, 'version', k.version, 'changed', pg_catalog.jsonb_build_array(entry.path))
        from wedsync_data.wedding_clocks as k where k.couple_id = entry.couple_id
    );
end
$$;
comment on function wedsync_internal.revert_row(wedsync_data.audit_log) is
'Reverts a change of a record of rows, under the rights of the caller: writes the old value of a field, deletes a row that was created, or inserts again one that was deleted. Returns {couple_id, version, changed}. Called by revert_change, which checks that the caller can read the change.';
revoke all on function wedsync_internal.revert_row(wedsync_data.audit_log) from public;

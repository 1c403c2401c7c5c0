create or replace function wedsync_internal.setting_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    subject_key constant text := tg_argv[0];
    path_keys constant text[] := tg_argv[1];
    shown constant text[] := tg_argv[2];
    before constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    side record;
begin
    -- a row that moves to another wedding or supplier is a deletion in one trail and a creation in the other
    for side in
        select s.subject_id, s.place, s.old_row, s.new_row
        from (
            select r.subject_id, r.place,
                pg_catalog.jsonb_object_agg(k.name, before -> k.name) filter (where r.in_before) as old_row,
                pg_catalog.jsonb_object_agg(k.name, after -> k.name) filter (where r.in_after) as new_row
            from (
                select i.subject_id, i.place, bool_or(i.is_before) as in_before, bool_or(not i.is_before) as in_after
                from (
                    select
                        -- fields of a deleted form are deleted with it; the deletion of the form is audited
                        case subject_key
                            when 'form_id' then (select f.supplier_id from wedsync_data.forms as f where f.id = (v.image ->> 'form_id')::uuid)
                            else (v.image ->> subject_key)::uuid
                        end as subject_id,
                        (select string_agg(v.image ->> p.name, '/' order by p.position) from unnest(path_keys) with ordinality as p (name, position)) as place,
                        v.is_before
                    from (values (before, true), (after, false)) as v (image, is_before)
                    where v.image is not null
                ) as i
                group by i.subject_id, i.place
            ) as r
            cross join unnest(shown) as k (name)
            group by r.subject_id, r.place
        ) as s
        where s.subject_id is not null and s.old_row is distinct from s.new_row
    loop
        perform wedsync_internal.record_setting(
            side.subject_id, tg_table_name,
            case when side.old_row is null then 'create' when side.new_row is null then 'delete' else 'update' end,
            concat_ws('/', tg_table_name, side.place), side.old_row, side.new_row
        );
    end loop;
    return coalesce(new, old);
end
$$;
comment on function wedsync_internal.setting_change() is
'Audits changes of settings by anybody. Arguments: the column with the wedding or supplier (form_id: the supplier of the form), the columns that identify the row in the path, and the audited columns.';
revoke all on function wedsync_internal.setting_change() from public;

create or replace trigger setting_change
after update of auto_sync_enabled, notification_preferences on wedsync_data.connections
for each row execute function wedsync_internal.setting_change('couple_id', '{supplier_id}', '{auto_sync_enabled,notification_preferences}');
comment on trigger setting_change on wedsync_data.connections is 'Audits a supplier''s notification settings in the trail of the wedding.';

create or replace trigger setting_made
after insert on wedsync_data.connections
for each row when (not new.auto_sync_enabled)
execute function wedsync_internal.setting_change('couple_id', '{supplier_id}', '{auto_sync_enabled,notification_preferences}');
comment on trigger setting_made on wedsync_data.connections is 'Audits connections that are created with automatic sync off.';

create or replace trigger setting_change
after update of tier on wedsync_data.weddings
for each row execute function wedsync_internal.setting_change('id', '{}', '{tier}');
comment on trigger setting_change on wedsync_data.weddings is 'Audits changes of the tier in the trail of the wedding.';

create or replace trigger setting_change
after insert or update on wedsync_data.suppliers
for each row execute function wedsync_internal.setting_change('id', '{}', '{business_name,category,tier}');
comment on trigger setting_change on wedsync_data.suppliers is 'Audits the supplier''s data in its own trail.';

-- before the deletion, while the actor is still a member
create or replace trigger setting_removed
before delete on wedsync_data.suppliers
for each row execute function wedsync_internal.setting_change('id', '{}', '{business_name,category,tier}');
comment on trigger setting_removed on wedsync_data.suppliers is 'Audits the supplier''s deletion in its own trail.';

create or replace trigger setting_change
after insert or update on wedsync_data.supplier_members
for each row execute function wedsync_internal.setting_change('supplier_id', '{user_id}', '{member_role}');
comment on trigger setting_change on wedsync_data.supplier_members is 'Audits the supplier''s members in its own trail.';

create or replace trigger setting_removed
before delete on wedsync_data.supplier_members
for each row execute function wedsync_internal.setting_change('supplier_id', '{user_id}', '{member_role}');
comment on trigger setting_removed on wedsync_data.supplier_members is 'Audits the supplier''s members in its own trail.';

create or replace trigger setting_change
after insert or update or delete on wedsync_data.forms
for each row execute function wedsync_internal.setting_change('supplier_id', '{id}', '{name,description}');
comment on trigger setting_change on wedsync_data.forms is 'Audits forms in the trail of their supplier.';

create or replace trigger setting_change
after insert or update or delete on wedsync_data.form_fields
for each row execute function wedsync_internal.setting_change('form_id', '{form_id,name}', '{label,field_type,is_required,position}');
comment on trigger setting_change on wedsync_data.form_fields is 'Audits fields of forms in the trail of their supplier.';

create or replace trigger setting_change
after insert or update or delete on wedsync_data.core_field_mappings
for each row execute function wedsync_internal.setting_change(
    'form_id', '{form_id,form_field_name}', '{core_field_path,transformation_rule,auto_populate}'
);
comment on trigger setting_change on wedsync_data.core_field_mappings is 'Audits mappings in the trail of their supplier.';

create or replace function wedsync_internal.list_order_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    list record;
    element record;
    name_field wedsync_data.field_catalog;
    is_rekeyed boolean;
    elements jsonb;
    done record;
begin
    for list in
        select distinct a.couple_id from before_rows as b join after_rows as a on a.couple_id = b.couple_id and a.id = b.id
        where a.order_key <> b.order_key
        order by 1
    loop
        perform wedsync_internal.lock_wedding(list.couple_id);
        select c.* into name_field from wedsync_data.field_catalog as c where c.column_name = tg_table_name and c.json_key = 'name';
        -- new keys that leave everything where it was are no edit: they are kept for the history of the order, and nobody hears of them
        select array_agg(e.id order by e.order_key collate "C") = array_agg(e.id order by coalesce(b.order_key, e.order_key) collate "C")
        into is_rekeyed
        from wedsync_internal.list_elements as e
        left join before_rows as b on b.couple_id = e.couple_id and b.id = e.id
        where e.list_name = tg_table_name and e.couple_id = list.couple_id;
        elements := wedsync_internal.list_document(tg_table_name, list.couple_id, repeat('1', 128)::bit(128));
        for element in
            select a.id, b.order_key as old_key, a.order_key as new_key
            from before_rows as b join after_rows as a on a.couple_id = b.couple_id and a.id = b.id
            where a.couple_id = list.couple_id and a.order_key <> b.order_key
            order by a.order_key collate "C"
        loop
            -- the place in the list travels with the name, so that history can rebuild the order
            done := wedsync_internal.record_change(
                list.couple_id, tg_table_name, case when not is_rekeyed then 'UPDATE' end, case when is_rekeyed then 'rekey' else 'update' end,
                array[name_field.right_no], array[regexp_replace(name_field.path, '\.[^.]+$', '') || '/' || element.id || '/order_key'], element.id,
                array[to_jsonb(element.old_key)], array[to_jsonb(element.new_key)],
                case when not is_rekeyed then
                    (select to_jsonb(f) from wedsync_data.core_fields as f where f.couple_id = list.couple_id) || pg_catalog.jsonb_build_object(tg_table_name, elements)
                end,
                null
            );
        end loop;
        if not is_rekeyed then
            perform wedsync_internal.show_list(list.couple_id, tg_table_name, elements, done.changed_at, done.actor_id);
        end if;
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.list_order_change() is 'Versions, audits and announces changes of the order of a list. New keys in the same order are only audited.';
revoke all on function wedsync_internal.list_order_change() from public;

create or replace trigger list_order_change
after update on wedsync_data.key_moments
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.list_order_change();
comment on trigger list_order_change on wedsync_data.key_moments is 'Versions, audits and announces changes of the order.';

create or replace trigger list_order_change
after update on wedsync_data.wedding_party
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.list_order_change();
comment on trigger list_order_change on wedsync_data.wedding_party is 'Versions, audits and announces changes of the order.';

create or replace trigger list_order_change
after update on wedsync_data.family_vips
referencing old table as before_rows new table as after_rows
for each statement execute function wedsync_internal.list_order_change();
comment on trigger list_order_change on wedsync_data.family_vips is 'Versions, audits and announces changes of the order.';

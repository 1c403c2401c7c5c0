-- drop: function wedsync_internal.row_change(wedsync_data.events, jsonb, jsonb, jsonb)
create or replace function wedsync_internal.row_change(
    event wedsync_data.events, bindings jsonb, masked_columns jsonb, masked_keys jsonb, known_columns jsonb default null
)
returns text
language plpgsql
stable
as $$
declare
    binding jsonb;
    ids jsonb := '[]'::jsonb;
    selections jsonb := '[]'::jsonb;
    selects_all boolean := false;
    view_name constant text := wedsync_internal.published_view(event.table_name);
    row_op constant text := case
        when event.table_name <> view_name then 'UPDATE'
        when event.op = 'TRUNCATE' then 'DELETE'
        else event.op
    end;
    new_row jsonb;
    old_row jsonb;
    columns jsonb;
begin
    if event.record is null then
        return null;
    end if;
    for binding in select b.v from pg_catalog.jsonb_array_elements(bindings) as b (v) loop
        if binding ->> 'event' not in ('*', row_op) or binding ->> 'table' not in ('*', view_name) then
            continue;
        end if;
        -- a row that no longer matches is sent once, so that clients can discard it
        if binding -> 'conditions' <> '[]' and not (
            (
                -- a deleted row has only its keys: clients that have it should discard it
                select coalesce(bool_and(wedsync_internal.condition_holds(event.record, c.v)), true) from pg_catalog.jsonb_array_elements(binding -> 'conditions') as c (v)
                where event.class <> 'purge' or event.record ? (c.v ->> 'column')
            )
            or (row_op = 'UPDATE' and (
                select bool_and(wedsync_internal.condition_holds(event.record || coalesce(event.old_record, '{}'), c.v))
                from pg_catalog.jsonb_array_elements(binding -> 'conditions') as c (v)
            ))
        ) then
            continue;
        end if;
        ids := ids || (binding -> 'id');
        if binding -> 'select' = 'null' then
            selects_all := true;
        else
            selections := selections || (binding -> 'select');
        end if;
    end loop;
    if ids = '[]' then
        return null;
    end if;
    new_row := wedsync_internal.mask_record(event.record, masked_columns, masked_keys);
    if row_op = 'UPDATE' then
        old_row := wedsync_internal.mask_record(
            coalesce(event.old_record, pg_catalog.jsonb_build_object('id', event.record -> 'id', 'couple_id', event.couple_id))
            - array(select h.key from pg_catalog.jsonb_object_keys(masked_columns) as h (key)),
            '{}', masked_keys
        );
    elsif row_op = 'DELETE' then
        old_row := new_row;
    end if;
    columns := coalesce(known_columns, wedsync_internal.published_columns(view_name));
    if not selects_all then
        select coalesce(pg_catalog.jsonb_object_agg(r.key, r.value), '{}') into new_row from pg_catalog.jsonb_each(new_row) as r where selections ? r.key;
        select pg_catalog.jsonb_object_agg(r.key, r.value) into old_row from pg_catalog.jsonb_each(old_row) as r where selections ? r.key;
        select pg_catalog.jsonb_agg(c.v) into columns from pg_catalog.jsonb_array_elements(columns) as c (v) where selections ? (c.v ->> 'name');
    end if;
    return wedsync_internal.row_change_text(ids, columns, view_name, row_op, new_row, old_row, event.created_at);
end
$$;
comment on function wedsync_internal.row_change(wedsync_data.events, jsonb, jsonb, jsonb, jsonb) is
'The masked postgres_changes payload of an event for the bindings that match it; null if none does. known_columns are the published columns of its view, if already looked up.';
revoke all on function wedsync_internal.row_change(wedsync_data.events, jsonb, jsonb, jsonb, jsonb) from public;

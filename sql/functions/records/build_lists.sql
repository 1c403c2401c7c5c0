create or replace function wedsync_internal.build_lists()
returns void
language plpgsql
volatile
as $generator$
declare
    branches record;
begin
    select
        string_agg(format(
            'select %1$L as list_name, e.couple_id, e.id, e.order_key, e.version_number, pg_catalog.jsonb_build_object(%2$s) as element' || E'\n' || 'from wedsync_data.%1$I as e',
            l.record_name, '''id'', e.id, ' || l.pairs
        ), E'\nunion all\n' order by l.position) as view_text,
        string_agg(format(
            E'        when %1$L, %2$L then\n            select to_jsonb(e) into element from wedsync_data.%1$I as e\n            where e.couple_id = element_value.couple_id and e.id = element_id for update;\n',
            l.record_name, l.path
        ), '' order by l.position) as value_text,
        string_agg(format(
            E'        when %1$L then\n            insert into wedsync_data.%1$I (couple_id, id, order_key, %2$s)\n            select store_element.couple_id, element_id, store_element.order_key, %3$s\n            from pg_catalog.jsonb_populate_record(null::wedsync_data.%1$I, element) as n;\n',
            l.record_name, l.column_list, l.new_values
        ), '' order by l.position) as store_text,
        string_agg(format(
            E'        when %1$L then\n            update wedsync_data.%1$I as e\n            set %2$s, version_number = coalesce(- write_element.version_number, e.version_number)\n            from (\n                select r.* from wedsync_data.%1$I as o\n                cross join lateral pg_catalog.jsonb_populate_record(o, changes) as r\n                where o.couple_id = write_element.couple_id and o.id = element_id\n            ) as n\n            where e.couple_id = write_element.couple_id and e.id = element_id;\n',
            l.record_name, l.assignments
        ), '' order by l.position) as write_text,
        string_agg(format(
            E'        when %1$L then\n            update wedsync_data.%1$I as e set order_key = k.key from unnest(ids, keys) as k (id, key)\n            where e.couple_id = place_elements.couple_id and e.id = k.id;\n',
            l.record_name
        ), '' order by l.position) as place_text,
        string_agg(format(
            E'        when %1$L then\n            delete from wedsync_data.%1$I as e where e.couple_id = delete_element.couple_id and e.id = element_id;\n', l.record_name
        ), '' order by l.position) as delete_text,
        string_agg(format('%I', l.record_name), ', ' order by l.position) as names,
        string_agg(format('case list_name when %L then elements else ''[]'' end', l.record_name), ', ' order by l.position) as shown_values,
        string_agg(format('%1$I = case list_name when %1$L then excluded.%1$I else l.%1$I end', l.record_name), E',\n        ' order by l.position) as shown_assignments
    into branches
    from (
        select
            r.record_name, r.path, r.position,
            string_agg(format('%L, e.%I', c.json_key, c.json_key), ', ' order by c.right_no) as pairs,
            string_agg(format('%I', c.json_key), ', ' order by c.right_no) as column_list,
            string_agg(case when c.data_type like '%\_set' or c.data_type like '%\_list' then format('coalesce(n.%I, ''{}'')', c.json_key) else format('n.%I', c.json_key) end, ', ' order by c.right_no) as new_values,
            string_agg(format('%1$I = ' || case when c.data_type like '%\_set' or c.data_type like '%\_list' then 'coalesce(n.%1$I, ''{}'')' else 'n.%1$I' end, c.json_key), ', ' order by c.right_no) as assignments
        from wedsync_data.record_catalog as r
        join wedsync_data.field_catalog as c on c.table_name = r.record_name
        where r.shape = 'list'
        group by r.record_name
    ) as l;

    execute format($f$
create or replace view wedsync_internal.list_elements
with (security_barrier = true, security_invoker = false) as
%s$f$, branches.view_text);
    comment on view wedsync_internal.list_elements is 'Elements of all lists, as objects. Made by build_lists().';
    comment on column wedsync_internal.list_elements.list_name is 'Table and column name of the list.';
    comment on column wedsync_internal.list_elements.couple_id is 'The wedding.';
    comment on column wedsync_internal.list_elements.id is 'Element id.';
    comment on column wedsync_internal.list_elements.order_key is 'Position; compared bytewise.';
    comment on column wedsync_internal.list_elements.version_number is 'Version of the wedding''s record when the element last changed.';
    comment on column wedsync_internal.list_elements.element is 'The element with all its keys.';
    revoke all on wedsync_internal.list_elements from public;

    execute format($f$
create or replace function wedsync_internal.element_value(list_name text, couple_id uuid, element_id uuid, key text)
returns jsonb
language plpgsql
volatile
as $body$
declare
    element jsonb;
begin
    case list_name
%s    end case;
    return case when key is null then element else element -> key end;
end
$body$$f$, branches.value_text);
    comment on function wedsync_internal.element_value(text, uuid, uuid, text) is
'One key of a list element as JSON (JSON null where empty), or the whole element; null when there is no such element. Locks the element. Made by build_lists().';
    revoke all on function wedsync_internal.element_value(text, uuid, uuid, text) from public;

    execute format($f$
create or replace function wedsync_internal.store_element(list_name text, couple_id uuid, element_id uuid, order_key text, element jsonb)
returns void
language plpgsql
volatile
as $body$
begin
    case list_name
%s    end case;
end
$body$$f$, branches.store_text);
    comment on function wedsync_internal.store_element(text, uuid, uuid, text, jsonb) is 'Stores a new list element; values were validated before. Made by build_lists().';
    revoke all on function wedsync_internal.store_element(text, uuid, uuid, text, jsonb) from public;

    execute format($f$
create or replace function wedsync_internal.write_element(couple_id uuid, list_name text, element_id uuid, changes jsonb, version_number integer default null)
returns void
language plpgsql
volatile
as $body$
begin
    case list_name
%s    end case;
end
$body$$f$, branches.write_text);
    comment on function wedsync_internal.write_element(uuid, text, uuid, jsonb, integer) is
'Stores changed keys of a list element; values were validated before. version_number says that the caller has appended the change itself, as that version. Made by build_lists().';
    revoke all on function wedsync_internal.write_element(uuid, text, uuid, jsonb, integer) from public;

    execute format($f$
create or replace function wedsync_internal.place_elements(list_name text, couple_id uuid, ids uuid[], keys text[])
returns void
language plpgsql
volatile
as $body$
begin
    case list_name
%s    end case;
end
$body$$f$, branches.place_text);
    comment on function wedsync_internal.place_elements(text, uuid, uuid[], text[]) is 'Gives elements of a list new order keys. Made by build_lists().';
    revoke all on function wedsync_internal.place_elements(text, uuid, uuid[], text[]) from public;

    execute format($f$
create or replace function wedsync_internal.delete_element(list_name text, couple_id uuid, element_id uuid)
returns void
language plpgsql
volatile
as $body$
begin
    case list_name
%s    end case;
end
$body$$f$, branches.delete_text);
    comment on function wedsync_internal.delete_element(text, uuid, uuid) is 'Deletes an element of a list. Made by build_lists().';
    revoke all on function wedsync_internal.delete_element(text, uuid, uuid) from public;

    execute format($f$
create or replace function wedsync_internal.refresh_list(couple_id uuid, list_name text, elements jsonb, changed_at timestamptz, changed_by uuid)
returns void
language plpgsql
volatile
as $body$
begin
    -- a wedding that is being deleted takes its list elements with it, and has no row to show them in any more
    insert into wedsync_data.record_lists as l (couple_id, %1$s, lists_changed_at, lists_changed_by)
    select w.id, %2$s, changed_at, changed_by
    from wedsync_data.weddings as w where w.id = refresh_list.couple_id
    on conflict on constraint record_lists_pkey do update
    set %3$s,
        lists_changed_at = excluded.lists_changed_at,
        lists_changed_by = excluded.lists_changed_by;
end
$body$$f$, branches.names, branches.shown_values, branches.shown_assignments);
    comment on function wedsync_internal.refresh_list(uuid, text, jsonb, timestamptz, uuid) is
'Stores a list of a wedding as it is shown, with time and author of the change. Call it under the wedding''s lock with elements read under that lock, or an older state may win. Made by build_lists().';
    revoke all on function wedsync_internal.refresh_list(uuid, text, jsonb, timestamptz, uuid) from public;
end
$generator$;
comment on function wedsync_internal.build_lists() is
'Makes what goes over all lists of the catalogue: the view list_elements, and the functions that read, store, move and delete elements and keep the lists as they are shown.';
revoke all on function wedsync_internal.build_lists() from public;

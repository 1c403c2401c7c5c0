create or replace function wedsync_internal.timeline_changes_are_told()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    told record;
    changes jsonb;
begin
    if tg_op = 'INSERT' then
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'couple', a.couple_id, 'supplier', u.id, 'at', a.starts_at, 'item', a.title, 'version', a.version_number, 'place', nullif(a.location, ''),
            'times', replace(a.starts_local, 'T', ' ')
        )) into changes
        from after_rows as a
        cross join lateral unnest(a.supplier_ids) as u (id);
    else
        select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'couple', a.couple_id, 'supplier', u.id, 'at', a.starts_at, 'item', a.title, 'version', a.version_number, 'place', nullif(a.location, ''),
            'times', case
                when a.status = 'skipped' then '–'
                when u.is_new or b.starts_at = a.starts_at then replace(a.starts_local, 'T', ' ')
                else replace(b.starts_local, 'T', ' ') || ' → ' || replace(a.starts_local, 'T', ' ')
            end
        )) into changes
        from after_rows as a
        join before_rows as b on b.couple_id = a.couple_id and b.id = a.id
        cross join lateral (select n.id, n.id <> all (b.supplier_ids) as is_new from unnest(a.supplier_ids) as n (id)) as u
        where u.is_new or (a.title, a.starts_at, a.ends_at, a.location, a.status = 'skipped')
            is distinct from (b.title, b.starts_at, b.ends_at, b.location, b.status = 'skipped');
    end if;
    for told in
        select
            (c.v ->> 'couple')::uuid as couple_id, (c.v ->> 'supplier')::uuid as supplier_id, max((c.v ->> 'version')::integer) as version,
            (array_agg(c.v ->> 'item' order by c.v ->> 'at', c.v ->> 'item'))[1] as item,
            left(string_agg(
                concat_ws(', ', format('%s: %s', c.v ->> 'item', c.v ->> 'times'), c.v ->> 'place'), E'\n' order by c.v ->> 'at', c.v ->> 'item'
            ), 1500) as summary
        from pg_catalog.jsonb_array_elements(changes) as c (v)
        group by 1, 2
        order by 1, 2
    loop
        perform wedsync_internal.notify(
            told.couple_id, 'timeline_changed', pg_catalog.jsonb_build_object('item', told.item, 'summary', told.summary),
            pg_catalog.jsonb_build_object('suppliers', array[told.supplier_id]), format('timeline %s', told.version)
        );
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.timeline_changes_are_told() is
'Tells suppliers about items that they take part in: new ones, and changes of title, time, place or whether they happen. One notification for each supplier and statement.';
revoke all on function wedsync_internal.timeline_changes_are_told() from public;

create or replace trigger suppliers_told_of_inserted after insert on wedsync_data.timeline_items
referencing new table as after_rows for each statement execute function wedsync_internal.timeline_changes_are_told();
comment on trigger suppliers_told_of_inserted on wedsync_data.timeline_items is 'Tells suppliers of new items.';
create or replace trigger suppliers_told_of_updated after update on wedsync_data.timeline_items
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.timeline_changes_are_told();
comment on trigger suppliers_told_of_updated on wedsync_data.timeline_items is 'Tells suppliers what has changed.';

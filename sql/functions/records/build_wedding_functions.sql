create or replace function wedsync_internal.build_wedding_functions()
returns void
language plpgsql
volatile
as $generator$
declare
    lists text;
    deletions text;
    announcements text;
    exports text;
begin
    select
        string_agg(format(E'        when %L then %L\n', r.record_name, r.shown_in), '' order by r.position) filter (where r.shape = 'list'),
        string_agg(format(E'    delete from wedsync_data.%I as r where r.couple_id = wedding;\n', r.record_name), '' order by r.position)
            filter (where r.shape <> 'document'),
        -- suppliers' records first, the document of the wedding itself last
        string_agg(format(
            $f$    events := events || array(
        select row(
            %1$L, 'DELETE', %2$L, %1$L, '{}', '{}', k.keys, k.keys, null, %3$s, %4$s
        )::wedsync_internal.change_event
        from %6$s
        cross join lateral (select pg_catalog.jsonb_build_object(%5$s) as keys) as k
        order by k.keys::text
    );
$f$,
            r.record_name, case r.shape when 'document' then 'wedding_deleted' else r.event_type end,
            case r.shape when 'supplier' then 'r.supplier_id' else 'null' end,
            case
                when r.shape = 'supplier' and r.reader_roles <> '{}' then format(
                    'array_append((select array_agg(m.user_id) from wedsync_data.wedding_members as m where m.couple_id = wedding and m.wedding_role = any (%L)), r.supplier_id)', r.reader_roles
                )
                when r.shape = 'supplier' then 'array[r.supplier_id]'
                else format('wedsync_internal.wedding_readers(wedding, %L)', case when r.shape = 'document' then repeat('1', 128)::bit(128) else f.mask end)
            end,
            (
                select string_agg(format('%L, %s', p.key, case p.key when 'couple_id' then 'wedding' else format('r.%I', p.key) end), ', ' order by p.n)
                from unnest(r.purge_keys) with ordinality as p (key, n)
            ),
            -- the deletion of a wedding is announced even if its document is missing
            format(
                case when r.shape = 'document' then '(select 1) as w left join wedsync_data.%I as r on r.couple_id = wedding'
                else '(select r.* from wedsync_data.%I as r where r.couple_id = wedding) as r' end, r.record_name
            )
        ), '' order by r.shape = 'document', r.position) filter (where r.purge_keys <> '{}' and r.is_announced),
        string_agg(format(
            E'    export := export || pg_catalog.jsonb_build_object(%1$L, (\n        select coalesce(pg_catalog.jsonb_agg(to_jsonb(e) order by %2$s), ''[]'')\n        from (select %3$s from wedsync_data.%1$I as r where r.couple_id = wedding) as e\n    ));\n',
            r.record_name, r.keys, r.columns
        ), '' order by r.position) filter (where r.is_exported)
    into lists, deletions, announcements, exports
    from (
        select
            c.*,
            (
                select string_agg(format('e.%I', a.attname), ', ' order by k.n)
                from pg_catalog.pg_index as i
                cross join lateral unnest(i.indkey::smallint[]) with ordinality as k (attnum, n)
                join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
                where i.indrelid = to_regclass(format('wedsync_data.%I', c.record_name)) and i.indisprimary
            ) as keys,
            -- of rows only what the catalogue knows
            (
                select string_agg(format('r.%I', a.attname), ', ' order by a.attnum)
                from pg_catalog.pg_attribute as a
                where a.attrelid = to_regclass(format('wedsync_data.%I', c.record_name)) and a.attnum > 0 and not a.attisdropped and (
                    c.shape = 'supplier' or a.attname in ('couple_id', 'id', 'order_key', 'created_at', 'updated_at')
                    or exists (select from wedsync_data.field_catalog as f where f.table_name = c.record_name and a.attname in (f.column_name, f.json_key))
                )
            ) as columns
        from wedsync_data.record_catalog as c
    ) as r
    left join (
        select c.table_name, bit_or(pg_catalog.set_bit(repeat('0', 128)::bit(128), c.right_no, 1))::bit(128) as mask
        from wedsync_data.field_catalog as c group by c.table_name
    ) as f on f.table_name = r.record_name
    -- a record may stand in the catalogue before its table is there
    where r.keys is not null;

    execute format($f$
create or replace function wedsync_internal.published_view(table_name text)
returns text
language sql
immutable
parallel safe
as $body$
    select case $1
%s        else $1
    end
$body$;
comment on function wedsync_internal.published_view(text) is 'The view in which clients see the rows of a table: list elements are part of the document that shows them. Made by build_wedding_functions().';
revoke all on function wedsync_internal.published_view(text) from public;
$f$, lists);
    execute format($f$
create or replace function wedsync_internal.delete_records(wedding uuid)
returns void
language plpgsql
volatile
as $body$
begin
%send
$body$;
comment on function wedsync_internal.delete_records(uuid) is 'Deletes the records of a wedding, all but the document that goes with the wedding itself. Made by build_wedding_functions().';
revoke all on function wedsync_internal.delete_records(uuid) from public;
$f$, deletions);
    execute format($f$
create or replace function wedsync_internal.deletion_events(wedding uuid)
returns wedsync_internal.change_event[]
language plpgsql
stable
as $body$
declare
    events wedsync_internal.change_event[] := '{}'::wedsync_internal.change_event[];
begin
%s    return events;
end
$body$;
comment on function wedsync_internal.deletion_events(uuid) is
'Events that announce the deletion of a wedding''s records by keys only, each for those who can read it now. Made by build_wedding_functions().';
revoke all on function wedsync_internal.deletion_events(uuid) from public;
$f$, announcements);
    execute format($f$
create or replace function wedsync_internal.export_wedding(wedding uuid)
returns jsonb
language plpgsql
stable
as $body$
declare
    export jsonb := '{}'::jsonb;
begin
%s    return export;
end
$body$;
comment on function wedsync_internal.export_wedding(uuid) is
'All rows of the records of a wedding that belong to an export, by record: whole, whoever may see what. Made by build_wedding_functions().';
revoke all on function wedsync_internal.export_wedding(uuid) from public;
grant execute on function wedsync_internal.export_wedding(uuid) to service_role, wedsync_admin;
$f$, exports);
end
$generator$;
comment on function wedsync_internal.build_wedding_functions() is
'Makes what goes over all records of a wedding: the view in which each table is published, the deletion of a wedding and its announcement, and its export.';
revoke all on function wedsync_internal.build_wedding_functions() from public;

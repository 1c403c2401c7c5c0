create or replace function wedsync_internal.build_document_view(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    document wedsync_data.record_catalog;
    columns record;
    hidden text;
    branch text;
begin
    select r.* into document from wedsync_data.record_catalog as r where r.record_name = build_document_view.record_name;
    -- visibility_masks has a column with the hidden keys of each json column and list
    for hidden in
        select distinct f.column_name || '_hidden' from wedsync_data.field_catalog as f
        join wedsync_data.record_catalog as r on r.record_name = f.table_name
        where document.record_name in (r.record_name, r.shown_in) and f.storage <> 'column'
    loop
        execute format('alter table wedsync_data.visibility_masks add column if not exists %I text[]', hidden);
        execute format('comment on column wedsync_data.visibility_masks.%I is %L', hidden, 'Hidden keys; null if the whole column is hidden.');
    end loop;
    select
        string_agg(format('    %s as %I', c.expression, c.column_name), E',\n' order by c.position) as masked,
        string_agg(format('            %s as %I', c.whole_expression, c.column_name), E',\n' order by c.position) as whole,
        string_agg(format('        %s', c.whole_expression), E',\n' order by c.position) as written,
        string_agg(format(E'    l.%1$I := before.%1$I;\n', c.column_name), '' order by c.position) filter (where c.is_kept) as kept,
        string_agg(format('%I', c.column_name), ', ' order by c.position) as names,
        -- maintained by the server; clients of the source documents send them with every update
        string_agg(c.compared, E'\n        || ' order by c.position) filter (where not c.is_kept and c.column_name not in ('last_updated_by', 'last_sync_at', 'updated_at')) as compared,
        string_agg(c.compared, E'\n            || ' order by c.position) filter (where c.is_kept) as compared_lists,
        string_agg(format('new_row.%I', c.column_name), ', ' order by c.position) filter (where c.is_kept) as new_lists,
        string_agg(format('old_row.%I', c.column_name), ', ' order by c.position) filter (where c.is_kept) as old_lists,
        string_agg(format('comment on column wedsync.%I.%I is %L;', document.record_name, c.column_name, c.description), E'\n' order by c.position) as comments
    into columns
    from (
        select d.*,
            format('case when new_row.%1$I is distinct from old_row.%1$I then pg_catalog.jsonb_build_object(%1$L, new_row.%1$I) else ''{}'' end', d.column_name) as compared,
            -- kept in record_lists
            d.column_name <> 'couple_id' and exists (
                select from pg_catalog.pg_attribute as a
                where a.attrelid = 'wedsync_data.record_lists'::regclass and a.attname = d.column_name and a.attnum > 0
            ) as is_kept
        from (
            select v.column_name, v.position, coalesce(replace(v.expression, '{' || n.name || '}', n.right_no::text), v.expression) as expression, v.whole_expression, v.description
            from wedsync_data.record_columns as v
            left join wedsync_data.rights as n on strpos(v.expression, '{' || n.name || '}') > 0
            where v.record_name = document.record_name and v.expression is not null
            union all
            select
                f.column_name, coalesce((
                    select v.position from wedsync_data.record_columns as v where v.record_name = document.record_name and v.column_name = f.column_name
                ), min(f.right_no) * 10),
                case min(f.storage)
                    -- the base type of a domain, because values of callers are checked by the rules of the catalogue
                    when 'column' then format('case when m.shows[%s] then f.%I%s end', min(f.right_no), f.column_name, (
                        select '::' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
                        from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid and t.typtype = 'd'
                        where a.attrelid = format('wedsync_data.%I', document.record_name)::regclass and a.attname = f.column_name
                    ))
                    when 'json' then format('f.%1$I - m.%2$I', f.column_name, f.column_name || '_hidden')
                    else format(
                        $f$case
        when m.%2$I is null then null
        when m.%2$I = '{}' or l.%1$I is null then coalesce(l.%1$I, '[]')
        else wedsync_internal.without_keys(l.%1$I, m.%2$I)
    end$f$, f.column_name, f.column_name || '_hidden')
                end,
                case min(f.storage) when 'element' then format('coalesce(l.%I, ''[]'')', f.column_name) else format('f.%I', f.column_name) end,
                case min(f.storage)
                    when 'element' then 'Array of objects: id, ' || string_agg(f.json_key, ', ' order by f.right_no) || '.'
                    else (
                        select pg_catalog.col_description(a.attrelid, a.attnum) from pg_catalog.pg_attribute as a
                        where a.attrelid = format('wedsync_data.%I', document.record_name)::regclass and a.attname = f.column_name
                    )
                end
            from wedsync_data.field_catalog as f
            join wedsync_data.record_catalog as r on r.record_name = f.table_name
            where document.record_name in (r.record_name, r.shown_in)
            group by f.column_name
        ) as d
    ) as c;

    execute format($f$
create or replace view wedsync.%1$I
with (security_barrier = true, security_invoker = false) as
select
%2$s
-- Scalar subqueries stand in small subqueries, because PostgreSQL walks the whole statement that contains one for each execution. The document comes last,
-- because each join copies the columns of those before it.
from (select wedsync_internal.reader() as user_id offset 0) as caller
join (
    select
        r.*,
        case when r.supplier_ids <> '{}' then (
            select max(c.last_accessed_at) from wedsync_data.connections as c where c.couple_id = r.couple_id and c.supplier_id = any (r.supplier_ids)
        ) end as last_accessed_at
    from wedsync_data.reach as r
) as r on r.user_id = caller.user_id
join wedsync_data.visibility_masks as m on m.id = r.mask_id
join wedsync_data.wedding_clocks as k on k.couple_id = r.couple_id
-- the right of the newest visible change, to which updated_at and last_updated_by refer
cross join lateral (
    select case
        when m.sees_all then null when m.shows[k.recent_rights[1]] then k.recent_rights[1] else wedsync_internal.newest_visible(k.recent_rights, m.shows)
    end as right_no offset 0
) as n
left join wedsync_data.record_lists as l on l.couple_id = r.couple_id
join wedsync_data.%1$I as f on f.couple_id = r.couple_id
where r.valid_from <= now() and r.valid_until > now() and r.readable <> repeat('0', 128)::bit(128)
    -- The pack's functions log their reads themselves. The joins stand here again, because a plan may evaluate them later.
    and case when r.by_grant and r.user_id = caller.user_id and f.couple_id = r.couple_id and current_user <> 'wedsync_owner' then wedsync_internal.log_view_read(f.couple_id, %1$L) else true end;
comment on view wedsync.%1$I is %3$L;
%4$s
revoke all on wedsync.%1$I from public;
grant select on wedsync.%1$I to authenticated, service_role, wedsync_admin;
-- by column, because the right to update the whole view would also allow locking it and the underlying table
revoke update on wedsync.%1$I from authenticated;
grant update (%5$s) on wedsync.%1$I to authenticated;
grant update on wedsync.%1$I to service_role, wedsync_admin;
$f$,
        document.record_name, columns.masked, document.description, columns.comments, columns.names
    );

    execute format($f$
create or replace function wedsync_internal.%1$I(f wedsync_data.%2$I, version integer)
returns wedsync.%2$I
language plpgsql
stable
as $body$
declare
    k wedsync_data.wedding_clocks;
    shown wedsync.%2$I;
begin
    k.version := version;
    select
%3$s
    into shown
    from wedsync_data.record_lists as l
    where l.couple_id = f.couple_id and l.vendors_until > now();
    if shown.couple_id is null then
        select v.* into shown from wedsync.%2$I as v where v.couple_id = f.couple_id;
    end if;
    return shown;
end
$body$;
comment on function wedsync_internal.%1$I(wedsync_data.%2$I, integer) is
'The row of the view %2$I for a caller who may see everything, from the stored row. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(wedsync_data.%2$I, integer) from public;
$f$, 'whole_' || document.record_name, document.record_name, columns.whole);

    execute format($f$
create or replace function wedsync_internal.%1$I(f wedsync_data.%2$I, version integer, before wedsync.%2$I)
returns wedsync.%2$I
language plpgsql
stable
as $body$
declare
    k wedsync_data.wedding_clocks;
    l wedsync_data.record_lists;
begin
    k.version := version;
%4$s    -- one expression, because a query costs more
    return row(
%3$s
    )::wedsync.%2$I;
end
$body$;
comment on function wedsync_internal.%1$I(wedsync_data.%2$I, integer, wedsync.%2$I) is
'The row of the view %2$I for a caller who may see everything, from the stored row and what was shown before a change of this row only. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(wedsync_data.%2$I, integer, wedsync.%2$I) from public;
$f$, document.record_name || '_after_change', document.record_name, columns.written, columns.kept);

    branch := wedsync_internal.build_branch(document.record_name, '', false);
    execute format($f$
create or replace function wedsync_internal.%1$I(record wedsync.%2$I)
returns jsonb
language plpgsql
stable
parallel safe
as $body$
begin
    return (select to_jsonb(d) from (select %3$s) as d);
end
$body$;
comment on function wedsync_internal.%1$I(wedsync.%2$I) is
'The nested document of a row of the view %2$I. Hides nothing: pass a row that is already masked. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(wedsync.%2$I) from public;
create or replace function wedsync_internal.%4$I(record wedsync.%2$I, changed text[], message text)
returns jsonb
language plpgsql
stable
parallel safe
as $body$
begin
    return (select to_jsonb(a) from (
        select
            true as success, (select d from (select %3$s) as d) as data, record.version_number as version, changed as changed, message as message,
            pg_catalog.clock_timestamp() as "timestamp"
    ) as a);
end
$body$;
comment on function wedsync_internal.%4$I(wedsync.%2$I, text[], text) is
'The result of a change of %2$I: {success, data, version, changed, message, timestamp}. Generated by build_document_view().';
revoke all on function wedsync_internal.%4$I(wedsync.%2$I, text[], text) from public;
$f$, document.record_name || '_nested', document.record_name, branch, document.record_name || '_answer');

    execute format($f$
create or replace function wedsync_internal.%1$I(f wedsync_data.%2$I, version integer, changed text[], message text)
returns jsonb
language plpgsql
stable
as $body$
declare
    k wedsync_data.wedding_clocks;
begin
    k.version := version;
    return (select to_jsonb(a) from (
        select
            true as success, (select d from (select %3$s) as d) as data, version as version, changed as changed, message as message,
            pg_catalog.clock_timestamp() as "timestamp"
        from wedsync_data.record_lists as l where l.couple_id = f.couple_id and l.vendors_until > now()
    ) as a);
end
$body$;
comment on function wedsync_internal.%1$I(wedsync_data.%2$I, integer, text[], text) is
'The result of a change for a caller who may see everything, from the stored row; null if the stored lists are out of date. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(wedsync_data.%2$I, integer, text[], text) from public;
$f$, document.record_name || '_whole_answer', document.record_name, wedsync_internal.build_branch(document.record_name, '', true));

    execute format($f$
create or replace function wedsync_internal.%1$I(old_row wedsync.%2$I, new_row wedsync.%2$I)
returns jsonb
language plpgsql
stable
parallel safe
as $body$
begin
    -- typed comparison, because converting both rows to JSON would process all their lists, and lists byte by byte first
    return %3$s
        || case when pg_catalog.record_image_ne(row(%4$s), row(%5$s)) then
            %6$s
        else '{}' end;
end
$body$;
comment on function wedsync_internal.%1$I(wedsync.%2$I, wedsync.%2$I) is
'Columns of the view %2$I that an UPDATE changes, with their new values, without those that only the server maintains. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(wedsync.%2$I, wedsync.%2$I) from public;
$f$, document.record_name || '_changed_columns', document.record_name, columns.compared, columns.new_lists, columns.old_lists, coalesce(columns.compared_lists, '''{}'''));
end
$generator$;
comment on function wedsync_internal.build_document_view(text) is
'Generates the masked view of a document, its comments and grants, the function that reads one row of it, and the nested document.';
revoke all on function wedsync_internal.build_document_view(text) from public;

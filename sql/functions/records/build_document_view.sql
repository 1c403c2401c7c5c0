create or replace function wedsync_internal.build_document_view(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    document wedsync_data.record_catalog;
    columns record;
    hidden text;
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
        string_agg(format('%I', c.column_name), ', ' order by c.position) as names,
        string_agg(format('comment on column wedsync.%I.%I is %L;', document.record_name, c.column_name, c.description), E'\n' order by c.position) as comments
    into columns
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
                when 'column' then format('case when m.shows[%s] then f.%I end', min(f.right_no), f.column_name)
                when 'json' then format('f.%1$I - m.%2$I', f.column_name, f.column_name || '_hidden')
                else format(
                    $f$case
        when m.%2$I = '{}' then coalesce(l.%1$I, '[]')
        when m.%2$I is not null then wedsync_internal.without_keys(coalesce(l.%1$I, '[]'), m.%2$I)
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
    ) as c;

    execute format($f$
create or replace view wedsync.%1$I
with (security_barrier = true, security_invoker = false) as
select
%2$s
from wedsync_data.reach as r
join wedsync_data.visibility_masks as m on m.id = r.mask_id
join wedsync_data.%1$I as f on f.couple_id = r.couple_id
join wedsync_data.wedding_clocks as k on k.couple_id = f.couple_id
left join wedsync_data.record_lists as l on l.couple_id = f.couple_id
-- the right of the newest visible change, to which updated_at and last_updated_by refer
cross join lateral (
    select case
        when m.sees_all then null when m.shows[k.recent_rights[1]] then k.recent_rights[1] else wedsync_internal.newest_visible(k.recent_rights, m.shows)
    end as right_no offset 0
) as n
where r.user_id = (select wedsync_internal.reader()) and r.valid_from <= now() and r.valid_until > now() and r.readable <> repeat('0', 128)::bit(128)
    -- the pack's functions log their reads themselves
    and case when r.by_grant and current_user <> 'wedsync_owner' then wedsync_internal.log_view_read(f.couple_id, %1$L) else true end;
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
create or replace function wedsync_internal.%1$I(couple_id uuid, sees_all boolean)
returns wedsync.%2$I
language plpgsql
stable
as $body$
declare
    shown wedsync.%2$I;
begin
    if sees_all then
        -- nothing is hidden: the same row as in the view, without looking up rights and masking
        select
%3$s
        into shown
        from wedsync_data.%2$I as f
        join wedsync_data.wedding_clocks as k on k.couple_id = f.couple_id
        left join wedsync_data.record_lists as l on l.couple_id = f.couple_id
        where f.couple_id = %1$I.couple_id and coalesce(l.vendors_until, 'infinity') > now();
    end if;
    if shown.couple_id is null then
        select f.* into shown from wedsync.%2$I as f where f.couple_id = %1$I.couple_id;
    end if;
    return shown;
end
$body$;
comment on function wedsync_internal.%1$I(uuid, boolean) is
'The caller''s row of the view %2$I. sees_all means that nothing is hidden from the caller, as the write path has already determined; never take it from a client. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(uuid, boolean) from public;
$f$, 'shown_' || document.record_name, document.record_name, columns.whole);

    execute format($f$
create or replace function wedsync_internal.%1$I(record wedsync.%2$I)
returns jsonb
language sql
stable
parallel safe
return (select to_jsonb(d) from (select %3$s) as d);
comment on function wedsync_internal.%1$I(wedsync.%2$I) is
'The nested document of a row of the view %2$I. Hides nothing: pass a row that is already masked. Generated by build_document_view().';
revoke all on function wedsync_internal.%1$I(wedsync.%2$I) from public;
$f$, document.record_name || '_nested', document.record_name, wedsync_internal.build_branch(document.record_name, ''));
end
$generator$;
comment on function wedsync_internal.build_document_view(text) is
'Generates the masked view of a document, its comments and grants, the function that reads one row of it, and the nested document.';
revoke all on function wedsync_internal.build_document_view(text) from public;

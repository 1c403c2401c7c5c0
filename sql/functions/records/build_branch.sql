create or replace function wedsync_internal.build_branch(record_name text, prefix text, is_whole boolean)
returns text
language sql
stable
as $generator$
    with columns as (
        -- lists, and json columns whose keys are the last parts of their fields' paths, are included unchanged
        select
            case
                when f.storage = 'column' then f.path
                when bool_and(f.path like '%.' || replace(f.json_key, '_', '\_')) over (partition by f.table_name, f.column_name) then regexp_replace(f.path, '\.[^.]+$', '')
                else f.path
            end as path,
            case
                when f.storage = 'json' and not bool_and(f.path like '%.' || replace(f.json_key, '_', '\_')) over (partition by f.table_name, f.column_name)
                    then format(case when $3 then 'f.%I -> %L' else 'record.%I -> %L' end, f.column_name, f.json_key)
                when $3 and f.storage = 'element' then format('coalesce(l.%I, ''[]'')', f.column_name)
                else format(case when $3 then 'f.%I' else 'record.%I' end, f.column_name)
            end as value
        from wedsync_data.field_catalog as f
        join wedsync_data.record_catalog as r on r.record_name = f.table_name
        where $1 in (r.record_name, r.shown_in)
        union
        select c.document_path, case when $3 then c.whole_expression else format('record.%I', c.column_name) end
        from wedsync_data.record_columns as c where c.record_name = $1 and c.document_path is not null
    ),
    children as (
        select split_part(substr(c.path, length($2) + 1), '.', 1) as word, c.path, c.value
        from columns as c where starts_with(c.path, $2)
    )
    -- nested composite types: one call of to_jsonb converts them all
    select string_agg(
        case when c.is_leaf then format('%s as %I', c.value, c.word)
        else format('(select b from (select %s) as b) as %I', wedsync_internal.build_branch($1, $2 || c.word || '.', $3), c.word) end,
        ', ' order by c.word
    )
    from (
        select h.word, bool_or(h.path = $2 || h.word) as is_leaf, min(h.value) as value
        from children as h group by h.word
    ) as c
$generator$;
comment on function wedsync_internal.build_branch(text, text, boolean) is
'The part of a nested document below a prefix, as a select list over the row record of the view, or with is_whole over the stored row f, the clock k and the lists l, for callers who may see everything; its structure follows from the paths of the fields.';
revoke all on function wedsync_internal.build_branch(text, text, boolean) from public;

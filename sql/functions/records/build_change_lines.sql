create or replace function wedsync_internal.build_change_lines(record_name text)
returns text
language sql
stable
as $generator$
    -- one block per field: whether it differs, which rule it violates, and its audit row
    select string_agg(format(
        $f$            if tg_op <> 'UPDATE' or after.%1$I is distinct from before.%1$I then
                if tg_op <> 'DELETE' then
                    %6$s
                end if;
                changes := array_append(changes, row(
                    %2$L, change_type, %3$s, %4$L || element || %5$L, element, to_jsonb(before.%1$I), to_jsonb(after.%1$I)
                )::wedsync_internal.field_change);
            end if;
$f$,
        f.table_column, $1, f.right_no, r.path || '/', '/' || f.table_column,
        format(
            $f$rule := %s;
                    if rule is not null then
                        problems := problems || pg_catalog.jsonb_build_object('path', %L, 'rule', rule);
                    end if;$f$,
            wedsync_internal.build_value_check(f.field, format('to_jsonb(after.%I)', f.table_column)), f.path
        )
    ), '' order by f.right_no, f.path)
    from (select c.*, c as field, coalesce(c.json_key, c.column_name) as table_column from wedsync_data.field_catalog as c where c.table_name = $1) as f
    cross join (select c.path from wedsync_data.record_catalog as c where c.record_name = $1) as r
$generator$;
comment on function wedsync_internal.build_change_lines(text) is
'The part of a change trigger that processes the fields of a list or of rows, as PL/pgSQL with the variables before, after, element, change_type, changes, problems and rule.';
revoke all on function wedsync_internal.build_change_lines(text) from public;

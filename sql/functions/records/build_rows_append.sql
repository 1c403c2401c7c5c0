create or replace function wedsync_internal.build_rows_append(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    record wedsync_data.record_catalog;
    validates constant boolean := pg_catalog.to_regproc('wedsync_internal.validate_' || record_name) is not null;
    fields record;
    rights record;
begin
    select r.* into record from wedsync_data.record_catalog as r where r.record_name = build_rows_append.record_name;
    select
        string_agg(format(
            $f$                if after.%1$I is distinct from before.%1$I then
                    new_value := to_jsonb(after.%1$I);
                    rule := %2$s;
                    if rule is not null then
                        problems := problems || pg_catalog.jsonb_build_object('path', %3$L, 'rule', rule);
                    end if;
                    path := %4$L || after.id || %5$L;
                    changes := array_append(changes, row(%7$L, 'update', %6$s, path, after.id, to_jsonb(before.%1$I), new_value)::wedsync_internal.field_change);
                    right_nos := array_append(right_nos, %6$s::smallint);
                    paths := array_append(paths, path);
                    new_values := new_values || pg_catalog.jsonb_build_object(path, new_value);
                    old_columns := old_columns || pg_catalog.jsonb_build_object(%8$L, before.%1$I);
                end if;
$f$,
            f.column_name, wedsync_internal.build_value_check(f.field, 'new_value'), f.path, record.path || '/', '/' || f.column_name, f.right_no,
            record.record_name, f.column_name
        ), '' order by f.right_no, f.path) as differences,
        string_agg(format('r.%I', f.column_name), ', ' order by f.right_no, f.path) as shown,
        string_agg(format(E'\n            (%L, %s)', f.path, wedsync_internal.build_value_check(f.field, format('to_jsonb(r.%I)', f.column_name))), ','
            order by f.right_no, f.path) as checks,
        string_agg(format('%s', f.right_no), ', ' order by f.right_no, f.path) as right_nos,
        string_agg(format('%I', f.column_name), ', ' order by f.right_no, f.path) as columns,
        string_agg(f.is_suspect, ' or ' order by f.right_no, f.path)
        || coalesce(' or concat(' || string_agg(format('r.%I', f.column_name), ', ' order by f.right_no, f.path) filter (where f.data_type = 'text') || ') ~ ''[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]''', '') as any_suspect,
        count(*) as n
    into fields
    from (
        select
            c.*, c as field,
            -- what most values fulfil is tested without a call
            case
                when c.data_type = 'text' and c.allowed_values is null then format('length(r.%I::text) > %s', c.column_name, coalesce(c.max_length, 2147483647))
                when c.data_type in ('email', 'phone') then format(
                    '(length(r.%1$I) > %2$s or r.%1$I !~ %3$L)', c.column_name, coalesce(c.max_length, 2147483647),
                    case c.data_type when 'email' then '^[a-zA-Z0-9.+_-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]+$' else '^\+?[0-9][0-9 ()-]*$' end
                )
                when c.data_type = 'boolean' then 'false'
                when c.data_type in ('integer', 'money') then format(
                    'not (r.%1$I between %2$s and %3$s and r.%1$I = round(r.%1$I, %4$s))', c.column_name, coalesce(c.min_value::text, 'r.' || quote_ident(c.column_name)),
                    coalesce(c.max_value::text, 'r.' || quote_ident(c.column_name)), case c.data_type when 'money' then 2 else 0 end
                )
                when c.data_type = 'uuid' then 'false'
                else format('(r.%1$I is not null%2$s and %3$s is not null)', c.column_name, case when c.data_type in ('text_set', 'text_list') then format(' and r.%I <> ''{}''', c.column_name) else '' end,
                    wedsync_internal.build_value_check(c, format('to_jsonb(r.%I)', c.column_name)))
            end as is_suspect
        from wedsync_data.field_catalog as c where c.table_name = record.record_name
    ) as f;
    select string_agg(format(
        E'\n            (%s::smallint, %spg_catalog.jsonb_build_object(%s)%s)', g.right_no,
        case when g.is_first then '' else format('case when pg_catalog.num_nonnulls(%s) > 0 then ', g.columns) end, g.pairs, case when g.is_first then '' else ' end' end
    ), ',' order by g.right_no) as parts, count(*) as n
    into rights
    from (
        select
            c.right_no, c.right_no = min(c.right_no) over () as is_first,
            (select string_agg(format(case when f.data_type in ('text_set', 'text_list') then 'nullif(r.%I, ''{}'')' else 'r.%I' end, f.column_name), ', ' order by f.path) from wedsync_data.field_catalog as f where f.table_name = record.record_name and f.right_no = c.right_no) as columns,
            (select string_agg(format('%L, r.%I', f.column_name, f.column_name), ', ' order by f.path) from wedsync_data.field_catalog as f where f.table_name = record.record_name and f.right_no = c.right_no) as pairs
        from (select distinct d.right_no from wedsync_data.field_catalog as d where d.table_name = record.record_name) as c
    ) as g;
    execute format($f$
create or replace function wedsync_internal.%1$I(wedding uuid, op text, befores wedsync_data.%2$I[], afters wedsync_data.%2$I[])
returns void
language plpgsql
volatile
as $body$
declare
    total constant integer := coalesce(cardinality(case when op = 'DELETE' then befores else afters end), 0);
    -- a big statement is appended in parts, within what append_change takes at once
    part_size constant integer := %3$s;
    part wedsync_data.%2$I[];
    before wedsync_data.%2$I;
    after wedsync_data.%2$I;
    path text;
    new_value jsonb;
    rule text;
    right_nos smallint[];
    paths text[];
    new_values jsonb;
    old_columns jsonb;
    changes wedsync_internal.field_change[];
    events wedsync_internal.change_event[];
    problems jsonb;
    done record;
begin
    if op = 'INSERT' and total > 0 then
        if (select count(*) from wedsync_data.%2$I as e where e.couple_id = wedding) > %4$s then
            perform wedsync_internal.fail('cap_reached', '{"rule": "at most %4$s rows of %2$s", "limit": %4$s}');
        end if;
    end if;
    for start in 1..total by part_size loop
        part := case when op = 'DELETE' then befores else afters end;
        if total > part_size then
            part := part[start:start + part_size - 1];
        end if;
        problems := '[]'::jsonb;
        if op = 'UPDATE' then
            changes := '{}'::wedsync_internal.field_change[];
            events := '{}'::wedsync_internal.change_event[];
            for i in 1..cardinality(part) loop
                before := befores[start + i - 1];
                after := part[i];
                right_nos := '{}'::smallint[];
                paths := '{}'::text[];
                new_values := '{}'::jsonb;
                old_columns := pg_catalog.jsonb_build_object('id', after.id, 'couple_id', wedding);
%5$s%6$s                if paths <> '{}' then
                    new_value := (
                        select to_jsonb(s) from (
                            select r.couple_id, r.id, r.version_number, r.last_updated_by, r.created_at, r.updated_at, %10$s from (select after.*) as r
                        ) as s
                    );
                    -- without a query in the expression, PL/pgSQL appends in place
                    events := array_append(events, row(
                        %7$L, op, %8$L, %9$L, right_nos, paths, new_values, new_value, old_columns, null, null
                    )::wedsync_internal.change_event);
                end if;
            end loop;
            continue when events = '{}';
        else
            if op = 'INSERT' then
                select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('path', v.path, 'rule', v.rule)), '[]') into problems
                from unnest(part) as r
                cross join lateral (values%11$s
                ) as v (path, rule)
                where (%15$s) and v.rule is not null;
%12$s            end if;
            -- Of a row that is created or deleted one audit row for each right, if it has values, and in any case for the first.
            changes := array(
                select row(
                    %7$L, case op when 'INSERT' then 'create' else 'delete' end, v.right_no, %13$L || r.id, r.id,
                    case op when 'DELETE' then v.value end, case op when 'INSERT' then v.value end
                )::wedsync_internal.field_change
                from unnest(part) as r
                cross join lateral (values%14$s
                ) as v (right_no, value)
                where v.value is not null
            );
        end if;
        if problems <> '[]' then
            perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
        end if;
        done := wedsync_internal.append_change(
            wedding, 'durable', %16$s, case when op = 'UPDATE' then %17$s end,
            case when op <> 'DELETE' then (select max(r.updated_at) from unnest(part) as r) end, null, null, null,
            case when op <> 'UPDATE' then %18$s end, case when op <> 'UPDATE' then %19$s end
        );
        -- rows carry the version of the change that is there for them
        if op <> 'DELETE' and exists (select from unnest(part) as r where r.version_number <> done.version) then
            update wedsync_data.%2$I as e set version_number = - done.version, updated_at = done.changed_at
            where e.couple_id = wedding and e.version_number <> done.version and e.id in (
                select r.id from unnest(part) as r where r.version_number <> done.version
            );
        end if;
    end loop;
end
$body$;
comment on function wedsync_internal.%1$I(uuid, text, wedsync_data.%2$I[], wedsync_data.%2$I[]) is
'Validates, versions, audits and announces changed rows of %2$I: one version, one event for each row, and an audit row for each changed field, or for each right of a row that is created or deleted. befores and afters are in the same order. Generated by build_rows_append().';
revoke all on function wedsync_internal.%1$I(uuid, text, wedsync_data.%2$I[], wedsync_data.%2$I[]) from public;
$f$,
        record.record_name || '_append', record.record_name, greatest(80000 / rights.n, 1), record.max_rows, fields.differences,
        case when validates then format(
            E'                if paths <> ''{}'' and (%s) then\n                    problems := problems || wedsync_internal.%I(op, before, after);\n                end if;\n',
            coalesce((select string_agg(format('after.%1$I is distinct from before.%1$I', c.name), ' or ') from unnest(record.validates) as c (name)), 'true'),
            'validate_' || record.record_name
        ) else '' end,
        record.record_name, record.event_type, record.topic, fields.shown, fields.checks,
        case when validates then format(
            E'                select problems || coalesce(pg_catalog.jsonb_agg(v.problem), ''[]'') into problems\n                from unnest(part) as r\n                cross join lateral pg_catalog.jsonb_array_elements(wedsync_internal.%I(op, null, r)) as v (problem);\n',
            'validate_' || record.record_name
        ) else '' end,
        record.path || '/', rights.parts, fields.any_suspect,
        case when record.is_audited then 'changes' else 'null' end, case when record.is_announced then 'events' else 'null::wedsync_internal.change_event[]' end,
        case when record.is_announced then format(
            'row(%L, op, %L, %L, %L::smallint[], %L, %L::text[])::wedsync_internal.row_events',
            record.record_name, record.event_type, record.topic, '{' || fields.right_nos || '}', record.path || '/', '{' || fields.columns || '}'
        ) else 'null::wedsync_internal.row_events' end,
        -- only columns in the catalogue: other columns of the table are visible to nobody
        case when record.is_announced then format(
            'array(select (select to_jsonb(s) from (select r.couple_id, r.id, r.created_at, %s) as s) from unnest(part) as r)', fields.shown
        ) else 'null::jsonb[]' end
    );
end
$generator$;
comment on function wedsync_internal.build_rows_append(text) is 'Generates the function that validates, versions, audits and announces changed rows of a record.';
revoke all on function wedsync_internal.build_rows_append(text) from public;

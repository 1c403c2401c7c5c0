create or replace function wedsync_internal.build_document(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    document wedsync_data.record_catalog;
    value_lines text;
    change_lines text;
begin
    select r.* into document from wedsync_data.record_catalog as r where r.record_name = build_document.record_name;

    -- in parts of eight, because PL/pgSQL prepares every branch of a case before it takes one
    select string_agg(format(E'    if right_no <= %s then\n        return case right_no\n%s        end;\n    end if;\n', p.last_no, p.branches), '' order by p.last_no)
    into value_lines
    from (
        select max(f.right_no) as last_no, string_agg(format(
            E'            when %s then %s\n', f.right_no,
            case when f.storage = 'json' then format('record.%I -> %L', f.column_name, f.json_key) else format('to_jsonb(record.%I)', f.column_name) end
        ), '' order by f.right_no) as branches
        from (
            select c.*, (row_number() over (order by c.right_no) - 1) / 8 as part from wedsync_data.field_catalog as c where c.table_name = document.record_name
        ) as f
        group by f.part
    ) as p;
    execute format($f$
create or replace function wedsync_internal.%1$I(record wedsync_data.%2$I, right_no smallint)
returns jsonb
language plpgsql
immutable
parallel safe
as $body$
begin
%3$s    return null;
end
$body$;
comment on function wedsync_internal.%1$I(wedsync_data.%2$I, smallint) is 'Value of a field of %2$I as JSON; null where it is empty. Made by build_document().';
revoke all on function wedsync_internal.%1$I(wedsync_data.%2$I, smallint) from public;
$f$, document.record_name || '_value', document.record_name, value_lines);

    -- one block per column; the keys of a json column are compared only where the column differs at all
    select string_agg(
        format(E'    if new_record.%1$I is distinct from old_record.%1$I then\n%2$s    end if;\n', b.column_name, b.lines), '' order by b.first_no
    ) into change_lines
    from (
        select f.column_name, min(f.right_no) as first_no, string_agg(
            case when f.storage = 'json' then format(E'        if new_record.%1$I -> %2$L is distinct from old_record.%1$I -> %2$L then\n', f.column_name, f.json_key) else '' end
            || format(
                $f$        old_value := %1$s;
        new_value := %2$s;
        rule := case when validates then wedsync_internal.value_problem(%3$L, %4$s, %5$s, %6$s, %7$s, new_value) end;
        if rule is not null then
            problems := problems || pg_catalog.jsonb_build_object('path', %8$L, 'rule', rule);
        end if;
        if op = 'UPDATE' then
            old_columns := %9$s;
        end if;
        if op = 'UPDATE' or coalesce(new_value, old_value) not in ('[]', 'null') then
            changes := array_append(changes, row(%10$L, change_type, %11$s, %8$L, null, old_value, new_value)::wedsync_internal.field_change);
        end if;
$f$,
                case when f.storage = 'json' then format('old_record.%I -> %L', f.column_name, f.json_key) else format('to_jsonb(old_record.%I)', f.column_name) end,
                case when f.storage = 'json' then format('new_record.%I -> %L', f.column_name, f.json_key) else format('to_jsonb(new_record.%I)', f.column_name) end,
                f.data_type, coalesce(f.max_length::text, 'null'), coalesce(f.min_value::text, 'null'), coalesce(f.max_value::text, 'null'),
                coalesce(f.max_items::text, 'null'), f.path,
                case when f.storage = 'json' then format(
                    'pg_catalog.jsonb_set(pg_catalog.jsonb_build_object(%1$L, ''{}''::jsonb) || old_columns, array[%1$L, %2$L], coalesce(old_value, ''null''))',
                    f.column_name, f.json_key
                ) else format('old_columns || pg_catalog.jsonb_build_object(%L, old_value)', f.column_name) end,
                document.record_name, f.right_no
            )
            || case when f.storage = 'json' then E'        end if;\n' else '' end,
            '' order by f.right_no
        ) as lines
        from wedsync_data.field_catalog as f
        where f.table_name = document.record_name
        group by f.column_name
    ) as b;
    execute format($f$
create or replace function wedsync_internal.%1$I(
    op text, old_record wedsync_data.%2$I, new_record wedsync_data.%2$I, validates boolean,
    out changes wedsync_internal.field_change[], out old_columns jsonb, out problems jsonb
)
language plpgsql
stable
as $body$
declare
    change_type constant text := case op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end;
    old_value jsonb;
    new_value jsonb;
    rule text;
begin
    changes := '{}';
    old_columns := '{}';
    problems := '[]';
%3$send
$body$;
comment on function wedsync_internal.%1$I(text, wedsync_data.%2$I, wedsync_data.%2$I, boolean) is
'What differs between two states of a row of %2$I: the changes for append_change, the old values by column, and with validates the rules of the catalogue that new values break, as {path, rule}. Made by build_document().';
revoke all on function wedsync_internal.%1$I(text, wedsync_data.%2$I, wedsync_data.%2$I, boolean) from public;
$f$, document.record_name || '_diff', document.record_name, change_lines);

    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    diff record;
    problems jsonb;
    done record;
begin
    if tg_op = 'UPDATE' then
        new.created_at := old.created_at;
        if new.version_number < 0 then
            -- said by %7$I, whose caller validates and appends this change; no server role may write the column
            new.version_number := - new.version_number;
            return new;
        end if;
        if new.couple_id is distinct from old.couple_id or new.id is distinct from old.id then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "couple_id", "rule": "a record cannot be moved to another couple"}');
        end if;
        new.version_number := old.version_number;
        new.updated_at := old.updated_at;
        new.last_updated_by := old.last_updated_by;
    end if;
%4$s
    diff := wedsync_internal.%3$I(tg_op, old, new, tg_op <> 'DELETE');
    problems := diff.problems;
%5$s
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    if tg_op = 'UPDATE' and diff.changes = '{}' then
        return new;
    end if;
    if tg_op = 'DELETE' then
        perform wedsync_internal.append_change(
            old.couple_id, 'durable', diff.changes,
            array[row(%2$L, tg_op, %6$L, null, null, null, null, to_jsonb(old), null, null, null)::wedsync_internal.change_event]
        );
        return old;
    end if;
    done := wedsync_internal.append_change(
        new.couple_id, 'durable', diff.changes,
        array[row(
            %2$L, tg_op, %6$L, null, null, null, null, to_jsonb(new),
            case when tg_op = 'UPDATE' then diff.old_columns || pg_catalog.jsonb_build_object('id', old.id, 'couple_id', old.couple_id) end, null, null
        )::wedsync_internal.change_event]
    );
    new.version_number := done.version;
    new.updated_at := done.changed_at;
    new.last_updated_by := done.actor_id;
    return new;
end
$body$;
comment on function wedsync_internal.%1$I() is
'Invariants of %2$I, also for direct statements of an administrator: validates changed fields, versions, audits and announces. A statement that changes nothing leaves no trace. Made by build_document().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger record_change before insert or update or delete on wedsync_data.%2$I
for each row execute function wedsync_internal.%1$I();
comment on trigger record_change on wedsync_data.%2$I is 'Validates, versions, audits and announces every change.';
$f$,
        document.record_name || '_change', document.record_name, document.record_name || '_diff',
        case when pg_catalog.to_regproc('wedsync_internal.derive_' || document.record_name) is not null
            then format(E'    if tg_op <> ''DELETE'' then\n        new := wedsync_internal.%I(tg_op, old, new);\n    end if;', 'derive_' || document.record_name) else '' end,
        case when pg_catalog.to_regproc('wedsync_internal.validate_' || document.record_name) is not null
            then format(E'    if tg_op <> ''DELETE'' then\n        problems := problems || wedsync_internal.%I(tg_op, old, new);\n    end if;', 'validate_' || document.record_name) else '' end,
        document.event_type, 'store_' || document.record_name
    );

    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
begin
    -- row triggers do not fire on TRUNCATE: one change per wedding is recorded here instead
    perform wedsync_internal.append_change(
        r.couple_id, 'durable', l.changes,
        array[row(%2$L, 'TRUNCATE', %3$L, null, null, null, null, to_jsonb(r), null, null, null)::wedsync_internal.change_event]
    )
    from wedsync_data.%2$I as r
    cross join lateral (
        select array_agg(row(%2$L, 'truncate', v.right_no, v.path, null, v.value, null)::wedsync_internal.field_change order by v.right_no) as changes
        from (
            select c.right_no, c.path, wedsync_internal.%4$I(r, c.right_no) as value
            from wedsync_data.field_catalog as c where c.table_name = %2$L
        ) as v
        where v.value not in ('[]', 'null')
    ) as l;
    return null;
end
$body$;
comment on function wedsync_internal.%1$I() is 'Records what a TRUNCATE takes away. Made by build_document().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger record_truncate before truncate on wedsync_data.%2$I
for each statement execute function wedsync_internal.%1$I();
comment on trigger record_truncate on wedsync_data.%2$I is 'Records what a TRUNCATE takes away.';
$f$, document.record_name || '_truncate', document.record_name, document.event_type, document.record_name || '_value');
    select string_agg(format('%1$I = record.%1$I', c.column_name), E',\n        ' order by c.first_no) into value_lines
    from (
        select f.column_name, min(f.right_no) as first_no from wedsync_data.field_catalog as f where f.table_name = document.record_name group by f.column_name
    ) as c;
    execute format($f$
create or replace function wedsync_internal.%1$I(record wedsync_data.%2$I, version_before integer)
returns boolean
language plpgsql
volatile
as $body$
begin
    update wedsync_data.%2$I as r
    set %3$s,
        -- a negative number tells the trigger that this change is appended by whoever stores it
        version_number = - record.version_number,
        updated_at = record.updated_at,
        last_updated_by = record.last_updated_by
    where r.couple_id = record.couple_id and r.version_number = version_before;
    return found;
end
$body$;
comment on function wedsync_internal.%1$I(wedsync_data.%2$I, integer) is
'Stores a row of %2$I whose change its writer validates and appends; false when the stored row is not at version_before any more. Made by build_document().';
revoke all on function wedsync_internal.%1$I(wedsync_data.%2$I, integer) from public;
$f$, 'store_' || document.record_name, document.record_name, value_lines);
    perform wedsync_internal.build_record_access(document.record_name);
    perform wedsync_internal.build_document_view(document.record_name);
end
$generator$;
comment on function wedsync_internal.build_document(text) is
'Makes the change triggers, the value function, policies and grants of a record that a wedding has once. Calls derive_<record>(op, old, new) and validate_<record>(op, old, new) in the trigger where they exist.';
revoke all on function wedsync_internal.build_document(text) from public;

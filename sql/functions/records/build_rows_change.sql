create or replace function wedsync_internal.build_rows_change(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    record wedsync_data.record_catalog;
    derives constant boolean := pg_catalog.to_regproc('wedsync_internal.derive_' || record_name) is not null;
    validates constant boolean := pg_catalog.to_regproc('wedsync_internal.validate_' || record_name) is not null;
    field_lines text;
    shown text;
begin
    select r.* into record from wedsync_data.record_catalog as r where r.record_name = build_rows_change.record_name;
    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
begin
    if tg_op = 'UPDATE' then
        if new.version_number < 0 then
            -- said by %4$I, which has appended the change already; no server role may write the column
            new.version_number := - new.version_number;
            return new;
        end if;
        if new.couple_id is distinct from old.couple_id or new.id is distinct from old.id then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "id", "rule": "the id and wedding of a row cannot be changed"}');
        end if;
        new.version_number := old.version_number;
        new.last_updated_by := old.last_updated_by;
        new.created_at := old.created_at;
        new.updated_at := old.updated_at;
    end if;
%3$s    if tg_op = 'UPDATE' then
        if new operator(pg_catalog.*=) old then
            return new;
        end if;
    end if;
    perform wedsync_internal.lock_wedding(new.couple_id);
    select k.version + 1, greatest(pg_catalog.statement_timestamp(), k.changed_at + interval '1 microsecond') into new.version_number, new.updated_at
    from wedsync_data.wedding_clocks as k where k.couple_id = new.couple_id;
    new.last_updated_by := wedsync_internal.current_user_id();
    if tg_op = 'INSERT' then
        new.created_at := new.updated_at;
    end if;
    return new;
end
$body$;
comment on function wedsync_internal.%1$I() is 'Columns of %2$I that the server keeps: version, author and times of the change. A row that does not change keeps its own. Made by build_rows_change().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger keep_version before insert or update on wedsync_data.%2$I
for each row execute function wedsync_internal.%1$I();
comment on trigger keep_version on wedsync_data.%2$I is 'Every changed row carries version, author and time of its change.';
$f$,
        'keep_' || record.record_name, record.record_name,
        case when derives then format(E'    new := wedsync_internal.%I(tg_op, old, new);\n', 'derive_' || record.record_name) else '' end,
        record.record_name || '_change'
    );

    -- One block per field. Making or removing a row is heard by all who see any of its fields; of its empty fields only the first is audited.
    select
        string_agg(format(
            $f$                if tg_op <> 'UPDATE' or after.%1$I is distinct from before.%1$I then
                    old_value := to_jsonb(before.%1$I);
                    new_value := to_jsonb(after.%1$I);
                    if tg_op <> 'DELETE' then
                        rule := wedsync_internal.value_problem(%2$L, %3$s, %4$s, %5$s, %6$s, new_value);
                        if rule is not null then
                            problems := problems || pg_catalog.jsonb_build_object('path', %7$L, 'rule', rule);
                        end if;
                    end if;
                    path := %8$L || element || %9$L;
                    if %10$s then
                        changes := array_append(changes, row(%11$L, change_type, %12$s, path, element, old_value, new_value)::wedsync_internal.field_change);
                    end if;
                    right_nos := array_append(right_nos, %12$s::smallint);
                    paths := array_append(paths, path);
                    new_values := new_values || pg_catalog.jsonb_build_object(path, new_value);
                    old_columns := old_columns || pg_catalog.jsonb_build_object(%13$L, old_value);
                end if;
$f$,
            f.column_name, f.data_type, coalesce(f.max_length::text, 'null'), coalesce(f.min_value::text, 'null'), coalesce(f.max_value::text, 'null'),
            coalesce(f.max_items::text, 'null'), f.path, record.path || '/', '/' || f.column_name,
            case when f.is_first then 'true' else 'tg_op = ''UPDATE'' or coalesce(new_value, old_value, ''null'') not in (''[]'', ''null'')' end,
            record.record_name, f.right_no, f.column_name
        ), '' order by f.right_no, f.path),
        string_agg(format(', present.%I', f.column_name), '' order by f.right_no, f.path)
    into field_lines, shown
    from (
        select c.*, row_number() over (order by c.right_no, c.path) = 1 as is_first from wedsync_data.field_catalog as c where c.table_name = record.record_name
    ) as f;
    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    change_type constant text := case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end;
    weddings uuid[];
    wedding uuid;
    befores wedsync_data.%2$I[];
    afters wedsync_data.%2$I[];
    total integer;
    before wedsync_data.%2$I;
    after wedsync_data.%2$I;
    present wedsync_data.%2$I;
    element uuid;
    path text;
    old_value jsonb;
    new_value jsonb;
    rule text;
    right_nos smallint[];
    paths text[];
    new_values jsonb;
    old_columns jsonb;
    shown jsonb;
    changes wedsync_internal.field_change[];
    events wedsync_internal.change_event[];
    ids uuid[];
    problems jsonb := '[]'::jsonb;
    version integer;
    moment timestamptz;
    is_last boolean;
    done record;
begin
    if tg_op = 'DELETE' then
        weddings := array(select distinct b.couple_id from before_rows as b order by 1);
    else
        weddings := array(select distinct a.couple_id from after_rows as a order by 1);
    end if;
    foreach wedding in array weddings loop
        perform wedsync_internal.lock_wedding(wedding);
        if tg_op = 'INSERT' then
            if (select count(*) from wedsync_data.%2$I as e where e.couple_id = wedding) > %3$s then
                perform wedsync_internal.fail('cap_reached', '{"rule": "at most %3$s rows of %2$s", "limit": %3$s}');
            end if;
        end if;
        if tg_op <> 'INSERT' then
            befores := array(select b from before_rows as b where b.couple_id = wedding order by b.id);
        end if;
        if tg_op <> 'DELETE' then
            afters := array(select a from after_rows as a where a.couple_id = wedding order by a.id);
        end if;
        total := greatest(cardinality(befores), cardinality(afters));
        changes := '{}'::wedsync_internal.field_change[];
        events := '{}'::wedsync_internal.change_event[];
        ids := '{}'::uuid[];
        for i in 1..total + 1 loop
            is_last := i > total;
            if not is_last then
                before := befores[i];
                after := afters[i];
                element := coalesce(after.id, before.id);
                right_nos := '{}'::smallint[];
                paths := '{}'::text[];
                new_values := '{}'::jsonb;
                old_columns := pg_catalog.jsonb_build_object('id', element, 'couple_id', wedding);
%4$s%5$s                if paths <> '{}' then
                    present := case when tg_op = 'DELETE' then before else after end;
                    version := present.version_number;
                    moment := case when tg_op <> 'DELETE' then greatest(moment, present.updated_at) end;
                    ids := array_append(ids, element);
                    -- only what the catalogue knows: a column of the table that is no field is nobody's to see
                    select to_jsonb(r) into shown
                    from (select present.couple_id, present.id, present.version_number, present.last_updated_by, present.created_at, present.updated_at%9$s) as r;
                    events := array_append(events, row(
                        %6$L, tg_op, %7$L, %8$L, right_nos, paths, new_values, shown, case when tg_op = 'UPDATE' then old_columns end, null, null
                    )::wedsync_internal.change_event);
                end if;
            end if;
            -- a big statement is appended in parts, within what append_change takes at once
            if cardinality(changes) >= 20000 or is_last and events <> '{}' then
                if problems <> '[]' then
                    perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
                end if;
                done := wedsync_internal.append_change(wedding, 'durable', %10$s, %11$s, moment);
                if tg_op <> 'DELETE' and done.version is distinct from version then
                    update wedsync_data.%2$I as e set version_number = - done.version, updated_at = done.changed_at
                    where e.couple_id = wedding and e.id = any (ids);
                end if;
                changes := '{}'::wedsync_internal.field_change[];
                events := '{}'::wedsync_internal.change_event[];
                ids := '{}'::uuid[];
            end if;
        end loop;
    end loop;
    return null;
end
$body$;
comment on function wedsync_internal.%1$I() is
'Validates, versions, audits and announces changes of %2$I: one version for each wedding and statement, one audit row for each field, one event for each row. Made by build_rows_change().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger direct_lock before insert or update or delete on wedsync_data.%2$I
for each row when (current_user <> 'wedsync_owner') execute function wedsync_internal.direct_lock();
comment on trigger direct_lock on wedsync_data.%2$I is 'One lock order for statements that are written without the API, too.';
create or replace trigger record_insert after insert on wedsync_data.%2$I
referencing new table as after_rows for each statement execute function wedsync_internal.%1$I();
comment on trigger record_insert on wedsync_data.%2$I is 'Validates, versions, audits and announces every change.';
create or replace trigger record_update after update on wedsync_data.%2$I
referencing old table as before_rows new table as after_rows for each statement execute function wedsync_internal.%1$I();
comment on trigger record_update on wedsync_data.%2$I is 'Validates, versions, audits and announces every change.';
create or replace trigger record_delete after delete on wedsync_data.%2$I
referencing old table as before_rows for each statement execute function wedsync_internal.%1$I();
comment on trigger record_delete on wedsync_data.%2$I is 'Versions, audits and announces every change.';
create or replace trigger record_truncate before truncate on wedsync_data.%2$I
for each statement execute function wedsync_internal.list_truncate();
comment on trigger record_truncate on wedsync_data.%2$I is 'Records what a TRUNCATE takes away.';
$f$,
        record.record_name || '_change', record.record_name, record.max_rows, field_lines,
        case when validates then format(
            E'                if tg_op <> ''DELETE'' and paths <> ''{}'' then\n                    problems := problems || wedsync_internal.%I(tg_op, before, after);\n                end if;\n',
            'validate_' || record.record_name
        ) else '' end,
        record.record_name, record.event_type, record.topic, shown,
        case when record.is_audited then 'changes' else 'null' end, case when record.is_announced then 'events' else 'null' end
    );
end
$generator$;
comment on function wedsync_internal.build_rows_change(text) is 'Makes the triggers of a record of rows: what the server keeps of each row, and what follows from a change.';
revoke all on function wedsync_internal.build_rows_change(text) from public;

create or replace function wedsync_internal.build_rows_write(record_name text)
returns void
language plpgsql
volatile
as $generator$
declare
    record wedsync_data.record_catalog;
    fields record;
    keys text;
    references_checked text;
    referrers text;
begin
    select r.* into record from wedsync_data.record_catalog as r where r.record_name = build_rows_write.record_name;
    -- A field counts as written if it differs from what the statement has read. A concurrent change of the same field is a conflict,
    -- which the values themselves tell: a version would also tell of changes of hidden fields.
    select
        string_agg(format(
            $f$    if new.%7$I is distinct from old.%7$I then
        if get_bit(access.writable, %2$s) = 0%1$s then
            refused := refused || to_jsonb(%3$L::text);
        else
            %4$srule := %5$s;
            if rule is not null then
                problems := problems || pg_catalog.jsonb_build_object('path', %6$L, 'rule', rule);
            elsif tg_op = 'UPDATE' and stored.%7$I is distinct from old.%7$I and stored.%7$I is distinct from new.%7$I and get_bit(access.readable, %2$s) = 1 then
                conflicts := conflicts || (
                    coalesce(wedsync_internal.conflict_detail(stored.couple_id, %8$L || stored.id || %9$L, 0, null, null) -> 0, '{}')
                    || pg_catalog.jsonb_build_object('path', %8$L || stored.id || %9$L, 'base', old.%7$I, 'current', stored.%7$I, 'incoming', new.%7$I)
                );
            else
                stored.%7$I := new.%7$I;
            end if;
        end if;
    end if;
$f$,
            case when f.is_writable then '' else ' or not wedsync_internal.is_service()' end, f.right_no, f.column_name,
            case when f.data_type = 'json'
                then format(E'perform wedsync_internal.check_json(new.%I, %L, %s);\n            ', f.column_name, f.column_name, coalesce(f.max_length::text, 'wedsync_internal.setting_limit(''patch_max_bytes'')'))
                else '' end,
            case when a.attnotnull then format('case when new.%I is null then ''required'' else ', f.column_name) else '' end
            || wedsync_internal.build_value_check(f, format('to_jsonb(new.%I)', f.column_name))
            || case when a.attnotnull then ' end' else '' end,
            f.path, f.column_name, record.path || '/', '/' || f.column_name
        ), '' order by f.right_no, f.path) as written,
        string_agg(format(E'        stored.%I := %s;\n', f.column_name, pg_catalog.pg_get_expr(d.adbin, d.adrelid)), '' order by a.attnum)
            filter (where d.adbin is not null) as defaults,
        string_agg(format(
            E'        if stored.%1$I is null then\n            problems := problems || pg_catalog.jsonb_build_object(''path'', %2$L, ''rule'', ''required'');\n        end if;\n', f.column_name, f.path
        ), '' order by a.attnum) filter (where a.attnotnull) as required,
        string_agg(format('%I', f.column_name), ', ' order by a.attnum) as names,
        string_agg(format('stored.%I', f.column_name), ', ' order by a.attnum) as stored,
        string_agg(format('%1$I = stored.%1$I', f.column_name), ', ' order by a.attnum) as assigned,
        coalesce(bit_or(pg_catalog.set_bit(repeat('0', 128)::bit(128), f.right_no, 1)) filter (where f.is_writable), repeat('0', 128)::bit(128)) as insertable,
        string_agg(format('(%L, %s, %L::boolean)', f.column_name, f.right_no, f.is_writable), ', ' order by f.right_no, f.path) as rights,
        -- rows without any writable field are the servers'
        case when bool_or(f.is_writable) then 'f.is_writable and get_bit(access.writable, f.right_no) = 0' else 'not wedsync_internal.is_service()' end as undeletable
    into fields
    from wedsync_data.field_catalog as f
    join pg_catalog.pg_attribute as a on a.attrelid = format('wedsync_data.%I', record.record_name)::regclass and a.attname = f.column_name
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where f.table_name = record.record_name;
    -- Unique keys and references are tested under the wedding's lock, before the constraints are: their errors name constraints, not fields.
    select string_agg(format(
        $f$    if exists (
        select from wedsync_data.%1$I where couple_id = stored.couple_id and id <> stored.id
            and (%2$s) = (select %2$s from (select stored.*) as s)%3$s
    ) then
        perform wedsync_internal.fail(
            'state_conflict', pg_catalog.jsonb_build_object('rule', 'unique', 'fields', %4$L::jsonb), 'Another row has this value: choose another, or change that row.'
        );
    end if;
$f$,
        record.record_name, k.columns, case when k.condition is null then '' else format(' and (%1$s) and (select %1$s from (select stored.*) as s)', k.condition) end, k.fields
    ), '' order by k.name) into keys
    from (
        select
            i.indexrelid::regclass::text as name, pg_catalog.pg_get_expr(i.indpred, i.indrelid) as condition,
            (select string_agg(pg_catalog.pg_get_indexdef(i.indexrelid, n, true), ', ' order by n) from generate_series(1, i.indnkeyatts) as n) as columns,
            (
                select pg_catalog.jsonb_agg(f.path order by f.path)::text from wedsync_data.field_catalog as f
                where f.table_name = record.record_name and exists (
                    select from generate_series(1, i.indnkeyatts) as n where pg_catalog.pg_get_indexdef(i.indexrelid, n, true) ~ ('\m' || f.column_name || '\M')
                )
            ) as fields
        from pg_catalog.pg_index as i
        where i.indrelid = format('wedsync_data.%I', record.record_name)::regclass and i.indisunique and not i.indisprimary
    ) as k;
    select
        string_agg(format(
            $f$        if (%1$s) is not null and not exists (select from %2$s as e where (%3$s) = (%1$s)) then
            problems := problems || pg_catalog.jsonb_build_object('path', %4$L, 'rule', 'unknown_reference');
        end if;
$f$,
            r.own, r.target, r.theirs, r.path
        ), '' order by r.name) filter (where r.is_own),
        string_agg(format(
            $f$    if exists (select from %1$s as e where e.couple_id = %2$I.couple_id and (%3$s) in (select %4$s from wedsync_data.%5$I as t where t.couple_id = %2$I.couple_id and t.id = any (ids))) then
        perform wedsync_internal.fail(
            'state_conflict', pg_catalog.jsonb_build_object('rule', 'rows refer to it', 'record', %6$L), 'Delete or change those rows first.'
        );
    end if;
$f$,
            r.target, 'remove_' || record.record_name, r.theirs, r.referred, record.record_name, r.target_name
        ), '' order by r.name) filter (where not r.is_own)
    into references_checked, referrers
    from (
        select
            c.conname as name, c.conrelid = t.oid as is_own, d.relname as target_name, format('wedsync_data.%I', d.relname) as target,
            (select string_agg(format('stored.%I', a.attname), ', ' order by n.i) from unnest(c.conkey) with ordinality as n (attnum, i) join pg_catalog.pg_attribute as a on a.attrelid = c.conrelid and a.attnum = n.attnum) as own,
            (select string_agg(format('e.%I', a.attname), ', ' order by n.i) from unnest(case when c.conrelid = t.oid then c.confkey else c.conkey end) with ordinality as n (attnum, i)
                join pg_catalog.pg_attribute as a on a.attrelid = d.oid and a.attnum = n.attnum) as theirs,
            (select string_agg(format('t.%I', a.attname), ', ' order by n.i) from unnest(c.confkey) with ordinality as n (attnum, i) join pg_catalog.pg_attribute as a on a.attrelid = c.confrelid and a.attnum = n.attnum) as referred,
            (select coalesce(max(f.path), record.path) from wedsync_data.field_catalog as f join pg_catalog.pg_attribute as a on a.attname = f.column_name and a.attrelid = t.oid
                where f.table_name = record.record_name and c.conrelid = t.oid and a.attnum = any (c.conkey)) as path
        from (select format('wedsync_data.%I', record.record_name)::regclass::oid as oid) as t
        join pg_catalog.pg_constraint as c on c.contype = 'f' and c.conparentid = 0 and (
            c.conrelid = t.oid and c.confrelid <> 'wedsync_data.weddings'::regclass
            or c.confrelid = t.oid and c.conrelid <> t.oid and c.confdeltype in ('a', 'r')
        )
        join pg_catalog.pg_class as d on d.oid = case when c.conrelid = t.oid then c.confrelid else c.conrelid end
        where d.relnamespace = 'wedsync_data'::regnamespace
    ) as r;
    execute format($f$
create or replace function wedsync_internal.%1$I()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
#variable_conflict use_column
declare
    stored wedsync_data.%2$I;
    before wedsync_data.%2$I;
    access record;
    refused jsonb := '[]'::jsonb;
    problems jsonb := '[]'::jsonb;
    conflicts jsonb := '[]'::jsonb;
    rule text;
begin
    if tg_op = 'DELETE' then
        perform wedsync_internal.count_written_row(old.couple_id);
        insert into wedsync_data.unappended_rows (record_name, couple_id, id, before)
        select %13$L, e.couple_id, e.id, e::text from wedsync_data.%2$I as e where e.couple_id = old.couple_id and e.id = old.id
        on conflict do nothing;
        perform wedsync_internal.%3$I(old.couple_id, array[old.id]);
        return old;
    end if;
    perform wedsync_internal.count_written_row(case when tg_op = 'UPDATE' then old.couple_id else new.couple_id end);
    access := wedsync_internal.open_rows(case when tg_op = 'UPDATE' then old.couple_id else new.couple_id end);
    if tg_op = 'INSERT' then
        if access.readable = repeat('0', 128)::bit(128) then
            perform wedsync_internal.fail('not_found');
        end if;
        if access.writable & %4$L::bit(128) = repeat('0', 128)::bit(128) and not wedsync_internal.is_service() then
            perform wedsync_internal.fail('fields_not_allowed', '{"unauthorized_fields": [%5$s]}');
        end if;
%6$s        stored.couple_id := new.couple_id;
        stored.id := coalesce(new.id, pg_catalog.gen_random_uuid());
        if exists (select from wedsync_data.%2$I as e where e.couple_id = stored.couple_id and e.id = stored.id) then
            perform wedsync_internal.fail(
                'state_conflict', pg_catalog.jsonb_build_object('rule', 'a row with this id exists', 'id', stored.id), 'Change it with UPDATE, or leave out the id.'
            );
        end if;
    else
        select e.* into stored from wedsync_data.%2$I as e where e.couple_id = old.couple_id and e.id = old.id for no key update;
        if not found then
            -- deleted meanwhile
            return null;
        end if;
        before := stored;
        if new.couple_id is distinct from old.couple_id then
            problems := problems || '{"path": "couple_id", "rule": "read_only"}'::jsonb;
        end if;
        if new.id is distinct from old.id then
            problems := problems || '{"path": "id", "rule": "read_only"}'::jsonb;
        end if;
    end if;
    -- values for version, author and times are ignored, because clients send back what they have read
%7$s    if refused <> '[]' then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
    end if;
    if tg_op = 'INSERT' and problems = '[]' then
%8$s    end if;
    if problems = '[]' then
%15$s    end if;
    if problems <> '[]' then
        perform wedsync_internal.fail('invalid_fields', pg_catalog.jsonb_build_object('problems', problems));
    end if;
    if conflicts <> '[]' then
        perform wedsync_internal.fail('version_conflict', pg_catalog.jsonb_build_object('conflicts', conflicts));
    end if;
%16$s    -- rows_end appends all rows of the statement
    if tg_op = 'INSERT' then
        insert into wedsync_data.unappended_rows (record_name, couple_id, id) values (%13$L, stored.couple_id, stored.id) on conflict do nothing;
        insert into wedsync_data.%2$I (couple_id, id, %9$s) values (stored.couple_id, stored.id, %10$s);
    elsif stored is distinct from before then
        insert into wedsync_data.unappended_rows (record_name, couple_id, id, before) values (%13$L, stored.couple_id, stored.id, before::text) on conflict do nothing;
        update wedsync_data.%2$I as e set %11$s where e.couple_id = stored.couple_id and e.id = stored.id;
    end if;
    -- for RETURNING: the row as it stands, as far as the caller may see it
    select v.* into new from wedsync.%2$I as v where v.couple_id = stored.couple_id and v.id = stored.id;
    return new;
end
$body$;
comment on function wedsync_internal.%1$I() is
'INSERT, UPDATE and DELETE of the view %2$I: requires the right to every written field, validates, and refuses to overwrite what somebody else has changed since the statement read it. Generated by build_rows_write().';
revoke all on function wedsync_internal.%1$I() from public;
create or replace trigger rows_begin before insert or update or delete on wedsync.%2$I
for each statement execute function wedsync_internal.rows_statement_begins(%12$L);
comment on trigger rows_begin on wedsync.%2$I is 'Counts the request.';
create or replace trigger rows_write instead of insert or update or delete on wedsync.%2$I
for each row execute function wedsync_internal.%1$I();
comment on trigger rows_write on wedsync.%2$I is 'Writes through the table, under the caller''s rights.';
create or replace trigger rows_end after insert or update or delete on wedsync.%2$I
for each statement execute function wedsync_internal.%14$I();
comment on trigger rows_end on wedsync.%2$I is 'Appends what the statement has written, as one change.';
$f$,
        record.record_name || '_write', record.record_name, 'remove_' || record.record_name, fields.insertable,
        (select string_agg(to_jsonb(f.column_name)::text, ', ' order by f.right_no, f.path) from wedsync_data.field_catalog as f where f.table_name = record.record_name),
        coalesce(fields.defaults, ''), fields.written, coalesce(fields.required, E'        null;\n'), fields.names, fields.stored, fields.assigned, record.write_endpoint,
        record.record_name, record.record_name || '_written', coalesce(references_checked, E'        null;\n'), coalesce(keys, '')
    );

    execute format($f$
create or replace function wedsync_internal.%1$I(couple_id uuid, ids uuid[])
returns integer
language plpgsql
volatile
as $body$
declare
    access constant record := wedsync_internal.open_rows(%1$I.couple_id);
    refused jsonb;
    removed integer;
begin
    select pg_catalog.jsonb_agg(f.name order by f.right_no, f.name) into refused
    from (values %3$s) as f (name, right_no, is_writable) where %7$s;
    if refused is not null then
        perform wedsync_internal.fail('fields_not_allowed', pg_catalog.jsonb_build_object('unauthorized_fields', refused));
    end if;
%6$s    delete from wedsync_data.%2$I as e where e.couple_id = %1$I.couple_id and e.id = any (ids);
    get diagnostics removed = row_count;
    return removed;
end
$body$;
comment on function wedsync_internal.%1$I(uuid, uuid[]) is 'Deletes rows of %2$I for a caller who may write all of their fields. Generated by build_rows_write().';
revoke all on function wedsync_internal.%1$I(uuid, uuid[]) from public;
create or replace function wedsync.%4$I(couple_id uuid, ids uuid[], reason text default null)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $body$
declare
    removed integer;
begin
    perform wedsync_internal.enforce_rate_limit(%5$L);
    perform wedsync_internal.require_caller();
    perform wedsync_internal.require_given('{couple_id,ids}', array[couple_id is not null, ids is not null]);
    if cardinality(ids) > wedsync_internal.setting_limit('rows_per_statement') then
        perform wedsync_internal.fail('too_large', pg_catalog.jsonb_build_object(
            'setting', 'rows_per_statement', 'limit', wedsync_internal.setting_limit('rows_per_statement')
        ));
    end if;
    perform set_config('wedsync.change_reason', coalesce(left(reason, 1000), ''), true);
    removed := wedsync_internal.%1$I(couple_id, ids);
    perform set_config('wedsync.change_reason', '', true);
    return removed;
end
$body$;
comment on function wedsync.%4$I(uuid, uuid[], text) is
'Deletes rows of %2$I; needs the right to write every field
Returns how many there were. The audit trail keeps their values. Errors: not_signed_in and fields_not_allowed (42501), not_found (PT404), too_large (PT413), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.%4$I(uuid, uuid[], text) from public;
grant execute on function wedsync.%4$I(uuid, uuid[], text) to authenticated, service_role, wedsync_admin;
$f$, 'remove_' || record.record_name, record.record_name, fields.rights, 'delete_' || record.record_name, record.write_endpoint, coalesce(referrers, ''),
        fields.undeletable);
end
$generator$;
comment on function wedsync_internal.build_rows_write(text) is 'Generates the write access to a record of rows: the triggers of its view, and the function that deletes rows.';
revoke all on function wedsync_internal.build_rows_write(text) from public;

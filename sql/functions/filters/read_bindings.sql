create or replace function wedsync_internal.read_bindings(
    scope text, tables text[], readable bit, requested jsonb, is_service boolean, out bindings jsonb, out reply jsonb, out problem text
)
language plpgsql
stable
as $$
declare
    entry jsonb;
    event text;
    asked_table text;
    filter record;
    condition jsonb;
    conditions jsonb;
    columns jsonb;
    selected jsonb;
    binding_id integer;
    row_tables constant text[] := array(
        select t.name from unnest(tables) as t (name) where t.name not in ('grants', 'wedding_members')
        union all
        select 'core_fields_audit' where 'core_fields' = any (tables)
    );
begin
    bindings := '[]';
    reply := '[]';
    if requested is null or requested = 'null' then
        return;
    end if;
    if pg_catalog.jsonb_typeof(requested) <> 'array' or pg_catalog.jsonb_array_length(requested) > 100 then
        problem := 'postgres_changes must be a list of at most 100 entries';
        return;
    end if;
    for entry in select e.v from pg_catalog.jsonb_array_elements(requested) as e (v) where e.v <> 'null' loop
        if pg_catalog.jsonb_typeof(entry) <> 'object' then
            problem := 'every entry of postgres_changes must be an object';
            return;
        end if;
        event := upper(coalesce(entry ->> 'event', '*'));
        asked_table := coalesce(entry ->> 'table', '*');
        if event not in ('*', 'INSERT', 'UPDATE', 'DELETE') then
            problem := 'event must be *, INSERT, UPDATE or DELETE';
            return;
        end if;
        if coalesce(entry ->> 'schema', 'public') not in ('wedsync', 'public', '*') or (asked_table <> '*' and asked_table <> all (row_tables)) then
            problem := 'tables published on this topic: ' || coalesce(nullif(array_to_string(row_tables, ', '), '') || ' (schema wedsync)', 'none');
            return;
        end if;
        conditions := '[]';
        if coalesce(entry ->> 'filter', '') <> '' then
            if asked_table = '*' then
                problem := 'a filter requires a table';
                return;
            end if;
            filter := wedsync_internal.parse_filter(entry ->> 'filter');
            problem := coalesce(filter.problem, wedsync_internal.filter_problem(scope, asked_table, readable, is_service, filter.conditions));
            if problem is not null then
                return;
            end if;
            columns := wedsync_internal.published_columns(asked_table);
            for condition in select c.v from pg_catalog.jsonb_array_elements(filter.conditions) as c (v) loop
                conditions := conditions || (condition || pg_catalog.jsonb_build_object('type', (
                    select case
                        when c.v ->> 'type' in ('int2', 'int4', 'int8', 'numeric', 'float8') then 'number'
                        when c.v ->> 'type' = 'timestamptz' then 'time'
                        when c.v ->> 'type' = 'time' then 'clock'
                        when c.v ->> 'type' = 'uuid' then 'uuid'
                        else 'text'
                    end
                    from pg_catalog.jsonb_array_elements(columns) as c (v) where c.v ->> 'name' = condition ->> 'column'
                )));
            end loop;
        end if;
        selected := null;
        if pg_catalog.jsonb_typeof(entry -> 'select') = 'array' then
            if asked_table in ('*', 'core_fields_audit') then
                problem := case asked_table when '*' then 'select requires a table' else 'audit rows are always complete: omit select' end;
                return;
            end if;
            columns := wedsync_internal.published_columns(asked_table);
            if exists (
                select from pg_catalog.jsonb_array_elements(entry -> 'select') as s (v)
                where not exists (select from pg_catalog.jsonb_array_elements(columns) as c (v) where c.v -> 'name' = s.v)
            ) then
                problem := 'select names a column that does not exist';
                return;
            end if;
            selected := (entry -> 'select') || '["id", "couple_id", "supplier_id"]';
        end if;
        binding_id := greatest(1, (pg_catalog.hashtextextended(entry::text, 0) & 134217727)::integer);
        bindings := bindings || pg_catalog.jsonb_build_object(
            'id', binding_id, 'event', event, 'table', asked_table, 'conditions', conditions, 'select', selected
        );
        reply := reply || (entry || pg_catalog.jsonb_build_object('id', binding_id));
    end loop;
    select coalesce(pg_catalog.jsonb_agg(distinct b.v), '[]') into bindings from pg_catalog.jsonb_array_elements(bindings) as b (v);
    if pg_catalog.jsonb_array_length(pg_catalog.jsonb_path_query_array(bindings, '$[*].conditions[*]')) > 100 then
        problem := 'the filters of a channel may have at most 100 conditions';
    elsif wedsync_internal.count_patterns(bindings) > 5 then
        problem := 'the filters of a channel may have at most 5 patterns (match, imatch)';
    end if;
end
$$;
comment on function wedsync_internal.read_bindings(text, text[], bit, jsonb, boolean) is
'Checks the postgres_changes of a join: bindings for the group, reply to echo verbatim with an id each (the same parameters get the same non-zero id), or a problem.';
revoke all on function wedsync_internal.read_bindings(text, text[], bit, jsonb, boolean) from public;

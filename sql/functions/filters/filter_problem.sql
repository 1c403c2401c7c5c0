create or replace function wedsync_internal.filter_problem(scope text, table_name text, readable bit, is_service boolean, conditions jsonb)
returns text
language plpgsql
stable
as $$
declare
    condition jsonb;
    column_type text;
    operand text;
begin
    for condition in select c.v from pg_catalog.jsonb_array_elements(conditions) as c (v) loop
        select c.v ->> 'type' into column_type
        from pg_catalog.jsonb_array_elements(wedsync_internal.published_columns(table_name)) as c (v)
        where c.v ->> 'name' = condition ->> 'column';
        -- unknown and hidden columns get the same answer: a filter on a hidden column would reveal its value
        if column_type is null or (
            not is_service and exists (
                select from wedsync_data.field_catalog as l
                join wedsync_data.record_catalog as r on r.record_name = l.table_name
                where filter_problem.table_name in (r.record_name, r.shown_in) and l.column_name = condition ->> 'column'
                    and (scope <> 'wedding' or get_bit(readable, l.right_no) = 0)
            )
        ) or condition ->> 'column' = 'withheld_fields'
            or (table_name = 'core_fields' and condition ->> 'column' in ('connected_vendors', 'field_permissions', 'last_sync_at'))
            -- these are visible only to those who manage sharing
            or (table_name = 'core_fields_audit' and condition ->> 'column' in ('ip_address', 'user_agent')) then
            return 'column ' || (condition ->> 'column') || ' cannot be used in a filter on this topic';
        end if;
        if condition ->> 'op' in ('eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'isdistinct', 'in') then
            -- values without a canonical text form cannot be compared as text
            if (column_type like '\_%' or column_type = 'jsonb') and condition -> 'value' is distinct from 'null' then
                return 'column ' || (condition ->> 'column') || ' is a list or an object: only is, isdistinct.null and patterns on its JSON are supported';
            end if;
            for operand in
                select o.v from pg_catalog.jsonb_array_elements_text(
                    case when condition -> 'values' = 'null' then pg_catalog.jsonb_build_array(condition -> 'value') else condition -> 'values' end
                ) as o (v)
            loop
                if (column_type in ('int2', 'int4', 'int8', 'numeric', 'float8') and operand !~ '^-?[0-9]{1,30}(\.[0-9]{1,30})?$')
                    or (column_type = 'uuid' and operand !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
                    or (column_type = 'date' and (operand !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' or not wedsync_internal.is_timestamp(operand)))
                    or (column_type = 'time' and operand !~ '^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$')
                    or (column_type = 'timestamptz' and not wedsync_internal.is_timestamp(operand))
                    or (column_type = 'bool' and operand not in ('true', 'false')) then
                    return 'the value for column ' || (condition ->> 'column') || ' is not of type ' || column_type;
                end if;
            end loop;
        end if;
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.filter_problem(text, text, bit, boolean, jsonb) is
'The reason why conditions of a filter are not accepted, or null: unknown or hidden column, value of the wrong type, or comparison of lists or objects.';
revoke all on function wedsync_internal.filter_problem(text, text, bit, boolean, jsonb) from public;

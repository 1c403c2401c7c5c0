create or replace function wedsync_internal.condition_holds(record jsonb, condition jsonb)
returns boolean
language plpgsql
stable
as $$
declare
    field constant text := record ->> (condition ->> 'column');
    operand constant text := condition ->> 'value';
    kind constant text := condition ->> 'type';
    holds boolean;
    ordering integer;
begin
    if not record ? (condition ->> 'column') then
        return false;
    end if;
    case condition ->> 'op'
        when 'is' then
            holds := case operand when 'null' then field is null when 'unknown' then field is null else field is not distinct from operand end;
        when 'isdistinct' then
            holds := case when operand is null then field is not null else coalesce(wedsync_internal.compare_values(field, operand, kind) <> 0, true) end;
        when 'like' then
            holds := field like operand;
        when 'ilike' then
            holds := field ilike operand;
        when 'match' then
            holds := field ~ operand;
        when 'imatch' then
            holds := field ~* operand;
        when 'in' then
            holds := case when field is not null then
                exists (
                    select from pg_catalog.jsonb_array_elements_text(condition -> 'values') as v (value)
                    where wedsync_internal.compare_values(field, v.value, kind) = 0
                ) end;
        else
            ordering := wedsync_internal.compare_values(field, operand, kind);
            holds := case condition ->> 'op'
                when 'eq' then ordering = 0 when 'neq' then ordering <> 0
                when 'lt' then ordering < 0 when 'lte' then ordering <= 0
                when 'gt' then ordering > 0 when 'gte' then ordering >= 0
            end;
    end case;
    -- as in SQL, comparisons with null are null
    return coalesce(case when condition -> 'negate' = 'true' then not holds else holds end, false);
end
$$;
comment on function wedsync_internal.condition_holds(jsonb, jsonb) is 'Whether a record meets a condition of parse_filter. Missing columns never do.';
revoke all on function wedsync_internal.condition_holds(jsonb, jsonb) from public;

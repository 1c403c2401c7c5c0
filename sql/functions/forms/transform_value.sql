create or replace function wedsync_internal.transform_value(value jsonb, rule jsonb, out result jsonb, out problem text)
language plpgsql
stable
as $$
declare
    step jsonb;
    op text;
    kind text;
    word text;
    size_limit constant integer := 1048576;
begin
    result := nullif(value, 'null');
    for step in select e.v from pg_catalog.jsonb_array_elements(wedsync_internal.rule_steps(rule)) as e (v) loop
        -- alternating join and split can make a value ten times as long with every step
        exit when pg_column_size(result) > size_limit;
        op := step ->> 'op';
        if op = 'default' then
            if result is null or result in ('""', '[]', '{}') then
                result := nullif(step -> 'value', 'null');
            end if;
            continue;
        end if;
        if result is null then
            continue;
        end if;
        kind := pg_catalog.jsonb_typeof(result);
        word := result #>> '{}';
        if op in ('upper', 'lower', 'title', 'trim') and kind = 'array' then
            -- lists of texts are transformed entry by entry
            select pg_catalog.jsonb_agg(case
                when pg_catalog.jsonb_typeof(e.v) <> 'string' then e.v
                else to_jsonb(case op
                    when 'upper' then upper(e.v #>> '{}') when 'lower' then lower(e.v #>> '{}')
                    when 'title' then initcap(e.v #>> '{}') else btrim(e.v #>> '{}', E' \t\r\n')
                end)
            end order by e.position) into result
            from pg_catalog.jsonb_array_elements(result) with ordinality as e (v, position);
            continue;
        end if;
        case op
            when 'upper', 'lower', 'title', 'trim' then
                if kind <> 'string' then
                    problem := op || ': requires a text';
                    return;
                end if;
                result := to_jsonb(case op
                    when 'upper' then upper(word) when 'lower' then lower(word)
                    when 'title' then initcap(word) else btrim(word, E' \t\r\n')
                end);
            when 'date_format' then
                if kind <> 'string' or word !~ '^[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]$' then
                    problem := 'date_format: requires a date';
                    return;
                end if;
                result := to_jsonb(to_char(word::date, step ->> 'format'));
            when 'time_format' then
                if kind <> 'string' or word !~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' then
                    problem := 'time_format: requires a time';
                    return;
                end if;
                result := to_jsonb(to_char(date '2000-01-01' + word::time, step ->> 'format'));
            when 'join' then
                if kind <> 'array' then
                    problem := 'join: requires a list';
                    return;
                end if;
                select to_jsonb(string_agg(e.v, coalesce(step ->> 'separator', ', ') order by e.position)) into result
                from pg_catalog.jsonb_array_elements_text(result) with ordinality as e (v, position);
            when 'split' then
                if kind <> 'string' then
                    problem := 'split: requires a text';
                    return;
                end if;
                result := to_jsonb(array(
                    select btrim(p.part) from string_to_table(word, coalesce(step ->> 'separator', ',')) as p (part) where p.part ~ '\S'
                ));
            when 'number_format' then
                if kind = 'string' and word ~ '^-?[0-9]{1,15}(\.[0-9]{1,10})?$' then
                    kind := 'number';
                end if;
                if kind <> 'number' or abs(word::numeric) >= 1e15 then
                    problem := 'number_format: requires a number';
                    return;
                end if;
                result := to_jsonb(
                    coalesce(step ->> 'prefix', '')
                    || replace(
                        to_char(
                            round(word::numeric, coalesce(step ->> 'decimals', '0')::integer),
                            'FM999,999,999,999,990' || case coalesce(step ->> 'decimals', '0')
                                when '0' then '' else '.' || repeat('0', (step ->> 'decimals')::integer)
                            end
                        ),
                        ',', coalesce(step ->> 'thousands', ',')
                    )
                    || coalesce(step ->> 'suffix', '')
                );
            when 'lookup' then
                if (step -> 'map') ? word then
                    result := nullif(step -> 'map' -> word, 'null');
                elsif step ? 'default' then
                    result := nullif(step -> 'default', 'null');
                else
                    problem := 'lookup: the map has no entry for this value';
                    return;
                end if;
            else
                problem := 'unknown op';
                return;
        end case;
    end loop;
    if pg_column_size(result) > size_limit then
        problem := 'the result exceeds 1 MB';
        result := null;
    end if;
end
$$;
comment on function wedsync_internal.transform_value(jsonb, jsonb) is
'Applies a transformation rule: date_format, time_format (to_char patterns), upper, lower, title, trim, join, split, number_format (decimals, thousands, prefix, suffix), default, lookup. problem describes why a value could not be transformed, without repeating the value.';
revoke all on function wedsync_internal.transform_value(jsonb, jsonb) from public;

create or replace function wedsync_internal.rule_problem(rule jsonb)
returns text
language plpgsql
immutable
parallel safe
as $$
declare
    steps constant jsonb := wedsync_internal.rule_steps(rule);
    step jsonb;
begin
    if steps is null then
        return 'object_or_array_of_objects';
    end if;
    if pg_catalog.jsonb_array_length(steps) > 10 then
        return 'at_most_10_steps';
    end if;
    for step in select e.v from pg_catalog.jsonb_array_elements(steps) as e (v) loop
        if pg_catalog.jsonb_typeof(step) <> 'object' or pg_catalog.jsonb_typeof(step -> 'op') is distinct from 'string' then
            return 'step_needs_op';
        end if;
        case step ->> 'op'
            when 'upper', 'lower', 'title', 'trim' then
                if step - 'op' <> '{}' then
                    return 'unknown_option';
                end if;
            when 'date_format', 'time_format' then
                if step - '{op,format}'::text[] <> '{}' then
                    return 'unknown_option';
                end if;
                if coalesce(length(step ->> 'format'), 0) not between 1 and 100 then
                    return 'format_of_1_to_100_characters';
                end if;
            when 'join', 'split' then
                if step - '{op,separator}'::text[] <> '{}' then
                    return 'unknown_option';
                end if;
                if length(step ->> 'separator') > 20 or (step ->> 'op' = 'split' and step ->> 'separator' = '') then
                    return 'separator_of_at_most_20_characters';
                end if;
            when 'number_format' then
                if step - '{op,decimals,thousands,prefix,suffix}'::text[] <> '{}' then
                    return 'unknown_option';
                end if;
                if coalesce(step ->> 'decimals', '0') !~ '^[0-6]$' then
                    return 'decimals_0_to_6';
                end if;
                if length(step ->> 'prefix') > 20 or length(step ->> 'suffix') > 20 or length(step ->> 'thousands') > 1 then
                    return 'prefix_suffix_at_most_20_thousands_1_character';
                end if;
            when 'default' then
                if step - '{op,value}'::text[] <> '{}' then
                    return 'unknown_option';
                end if;
                if not step ? 'value' then
                    return 'value_needed';
                end if;
            when 'lookup' then
                if step - '{op,map,default}'::text[] <> '{}' then
                    return 'unknown_option';
                end if;
                if pg_catalog.jsonb_typeof(step -> 'map') is distinct from 'object' then
                    return 'map_object_needed';
                end if;
            else
                return 'known_op';
        end case;
    end loop;
    return null;
end
$$;
comment on function wedsync_internal.rule_problem(jsonb) is 'Describes what is wrong with a transformation rule; null if it is valid.';
revoke all on function wedsync_internal.rule_problem(jsonb) from public;

create or replace function wedsync_internal.value_problem(
    data_type text, max_length integer, min_value numeric, max_value numeric, max_items integer, value jsonb
)
returns text
language plpgsql
stable
as $$
declare
    kind text;
    word text;
    number numeric;
begin
    if value is null then
        return null;
    end if;
    if data_type = 'json' then
        return case wedsync_internal.json_problem(value, max_length) ->> 'kind'
            when 'size' then format('at_most_%s_bytes', max_length) when 'depth' then 'at_most_32_levels' when 'number' then 'numbers_of_double_precision'
        end;
    end if;
    kind := pg_catalog.jsonb_typeof(value);
    if kind = 'null' then
        return case when data_type = 'time_zone' then 'required' end;
    end if;
    case data_type
        when 'integer', 'money' then
            if kind <> 'number' then
                return 'number';
            end if;
            number := value::numeric;
            if data_type = 'integer' and number <> trunc(number) then
                return 'whole_number';
            end if;
            if number < min_value or number > max_value then
                return format('between_%s_and_%s', min_value, max_value);
            end if;
            if data_type = 'money' and number <> round(number, 2) then
                return 'at_most_two_decimals';
            end if;
            return null;
        when 'boolean' then
            return case when kind <> 'boolean' then 'true_or_false' end;
        when 'text_set', 'color_set', 'text_list' then
            if kind <> 'array' then
                return 'array_of_texts';
            end if;
            if pg_catalog.jsonb_array_length(value) > max_items then
                return format('at_most_%s_entries', max_items);
            end if;
            if exists (select from pg_catalog.jsonb_array_elements(value) as e (v) where pg_catalog.jsonb_typeof(e.v) <> 'string') then
                return 'array_of_texts';
            end if;
            for word in select e.v from pg_catalog.jsonb_array_elements_text(value) as e (v) loop
                if data_type = 'color_set' and word !~ '^#[0-9A-Fa-f]{6}$' then
                    return 'colour_as_#RRGGBB';
                end if;
                if word ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
                    return 'no_control_characters';
                end if;
                if length(word) > max_length then
                    return format('entries_at_most_%s_characters', max_length);
                end if;
                if word !~ '\S' then
                    return 'entries_not_blank';
                end if;
            end loop;
            if data_type <> 'text_list' and (
                select count(distinct lower(e.v)) <> count(*) from pg_catalog.jsonb_array_elements_text(value) as e (v)
            ) then
                return 'no_repeated_entries';
            end if;
            return null;
        else
            null;
    end case;
    if kind <> 'string' then
        return data_type;
    end if;
    word := value #>> '{}';
    if length(word) > max_length then
        return format('at_most_%s_characters', max_length);
    end if;
    if word ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
        return 'no_control_characters';
    end if;
    if data_type = 'text' then
        return null;
    end if;
    case data_type
        when 'email' then
            return case when word <> '' and word !~ '^[^@\s"<>()]+@[^@\s"<>()]+\.[^@\s."<>()]+$' then 'email' end;
        when 'phone' then
            return case when word <> '' and word !~* '^\+?[0-9][0-9 ()./-]*(\s*(x|ext\.?)\s*[0-9]{1,6})?$' then 'phone' end;
        when 'uuid' then
            return case when word !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then 'uuid' end;
        when 'timestamp' then
            return case
                when word !~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9]){0,2})?$'
                    -- the 29th and later do not come in every month
                    or substr(word, 9, 2) > '28' and wedsync_internal.value_problem('date', null, null, null, null, to_jsonb(left(word, 10))) is not null
                    then 'timestamp'
            end;
        when 'currency' then
            return case when word !~ '^[A-Z]{3}$' then 'iso_4217_code' end;
        when 'date' then
            if word !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                or substr(word, 1, 4) = '0000'
                or substr(word, 6, 2) not between '01' and '12'
                or substr(word, 9, 2) not between '01' and '31' then
                return 'date_as_YYYY-MM-DD';
            end if;
            if substr(word, 9, 2)::integer > extract(day from (
                pg_catalog.make_date(substr(word, 1, 4)::integer, substr(word, 6, 2)::integer, 1) + interval '1 month - 1 day'
            )) then
                return 'date_as_YYYY-MM-DD';
            end if;
            return null;
        when 'time' then
            return case when word !~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' then 'time_as_HH:MM' end;
        when 'time_zone' then
            return wedsync_internal.time_zone_problem(word);
        else
            return null;
    end case;
end
$$;
comment on function wedsync_internal.value_problem(text, integer, numeric, numeric, integer, jsonb) is
'Rule that a value violates for a field of this type and limits, or null. Null and JSON null are allowed except in time_zone. The rule never contains the value.';
revoke all on function wedsync_internal.value_problem(text, integer, numeric, numeric, integer, jsonb) from public;

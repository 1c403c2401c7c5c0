create or replace function wedsync_internal.stored_value(data_type text, value jsonb)
returns jsonb
language plpgsql
stable
as $$
begin
    return case
        when data_type in ('text_set', 'color_set', 'text_list') then coalesce(nullif(value, 'null'), '[]')
        when value = 'null' then value
        when data_type = 'time' then to_jsonb((value #>> '{}')::time)
        when data_type = 'money' then to_jsonb(value::numeric(14, 2))
        else value
    end;
end
$$;
comment on function wedsync_internal.stored_value(text, jsonb) is
'A valid value as a column of this type returns it: a time of 16:00 is 16:00:00, an amount of 5 is 5.00, a null set is empty.';
revoke all on function wedsync_internal.stored_value(text, jsonb) from public;

create or replace function wedsync_internal.is_timestamp(value text)
returns boolean
language plpgsql
stable
as $$
begin
    if value !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then
        return false;
    end if;
    perform value::timestamptz;
    return true;
exception
    when invalid_datetime_format or datetime_field_overflow or invalid_time_zone_displacement_value or invalid_parameter_value then
        return false;
end
$$;
comment on function wedsync_internal.is_timestamp(text) is 'Whether a text is a point in time in ISO form.';
revoke all on function wedsync_internal.is_timestamp(text) from public;

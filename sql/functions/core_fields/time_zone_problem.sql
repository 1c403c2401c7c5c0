create or replace function wedsync_internal.time_zone_problem(zone text)
returns text
language plpgsql
stable
as $$
begin
    -- the conversion below would accept abbreviations and POSIX rules ("Foo/Bar+3"); pg_timezone_names reads hundreds of files
    if zone !~ '^(UTC|Etc/GMT(\+([1-9]|1[0-2])|-([1-9]|1[0-4]))|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_-]+){1,2})$' then
        return 'iana_time_zone';
    end if;
    perform now() at time zone zone;
    return null;
exception
    when invalid_parameter_value then
        return 'iana_time_zone';
end
$$;
comment on function wedsync_internal.time_zone_problem(text) is 'Rule iana_time_zone if the text is not the name of a known zone, else null.';
revoke all on function wedsync_internal.time_zone_problem(text) from public;

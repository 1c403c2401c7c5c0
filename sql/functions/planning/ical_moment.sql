-- drop: function wedsync_internal.ical_moment(text, text, jsonb, text)
create or replace function wedsync_internal.ical_moment(
    parameters text, value text, locations jsonb, floating_zone text, out instant timestamptz, out time_zone text, out is_date boolean, out problem text
)
language plpgsql
stable
as $$
declare
    tzid constant text := wedsync_internal.ical_parameter(parameters, 'TZID');
    parts text[] := regexp_match(value, '^([1-9][0-9]{3})([0-9]{2})([0-9]{2})T([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9]|60)(Z?)$');
    local_time text;
begin
    is_date := value ~ '^[0-9]{8}$';
    if is_date then
        parts := regexp_match(value, '^([1-9][0-9]{3})([0-9]{2})([0-9]{2})$') || '{00,00,00,""}'::text[];
    end if;
    if parts is null or not is_date and upper(wedsync_internal.ical_parameter(parameters, 'VALUE')) = 'DATE' or wedsync_internal.value_problem(
        'date', null, null, null, null, to_jsonb(concat_ws('-', parts[1], parts[2], parts[3]))
    ) is not null then
        problem := case when is_date then 'date' else 'date_time' end;
    else
        local_time := format('%s-%s-%sT%s:%s:%s', parts[1], parts[2], parts[3], parts[4], parts[5], least(parts[6], '59'));
        if parts[7] = 'Z' then
            instant := local_time::timestamp at time zone 'UTC';
        else
            time_zone := case when tzid is null or is_date then floating_zone else wedsync_internal.ical_zone(tzid, locations) end;
            if time_zone is null then
                problem := 'unknown_time_zone';
            else
                instant := wedsync_internal.instant_on_clocks(local_time, time_zone);
            end if;
        end if;
    end if;
end
$$;
comment on function wedsync_internal.ical_moment(text, text, jsonb, text) is
'A value of type DATE-TIME in iCalendar as a moment, with the zone that it was given in, null for UTC; of type DATE the start of that day; or a problem: date, date_time or unknown_time_zone.';
revoke all on function wedsync_internal.ical_moment(text, text, jsonb, text) from public;

create or replace function wedsync_internal.ical_events(calendar text)
returns table (line integer, properties jsonb, locations jsonb)
language plpgsql
stable
as $$
declare
    content record;
    open_parts text[] := '{}';
    zone text;
    zones jsonb := '{}';
    dates integer := 0;
begin
    properties := '{}';
    locations := '{}';
    for content in select l.* from wedsync_internal.ical_lines(calendar) as l loop
        if content.name = 'BEGIN' then
            open_parts := open_parts || upper(btrim(content.value));
            if cardinality(open_parts) > 10 then
                perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object('parameter', 'calendar', 'rule', 'at most 10 nested components', 'line', content.line));
            end if;
            if open_parts = '{VCALENDAR,VEVENT}' then
                line := content.line;
                properties := '{}';
            end if;
        elsif content.name = 'END' then
            if open_parts[cardinality(open_parts)] is distinct from upper(btrim(content.value)) then
                perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
                    'parameter', 'calendar', 'rule', 'each END belongs to the BEGIN before it', 'line', content.line
                ));
            end if;
            if open_parts = '{VCALENDAR,VEVENT}' then
                locations := zones;
                return next;
            end if;
            open_parts := open_parts[1:cardinality(open_parts) - 1];
        elsif open_parts = '{VCALENDAR,VTIMEZONE}' then
            if content.name = 'TZID' then
                zone := content.value;
            elsif content.name = 'X-LIC-LOCATION' and zone is not null then
                zones := zones || pg_catalog.jsonb_build_object(zone, btrim(content.value));
            end if;
        elsif open_parts = '{VCALENDAR,VEVENT}' and not properties ? content.name and content.name in (
            'UID', 'SUMMARY', 'LOCATION', 'DESCRIPTION', 'CATEGORIES', 'STATUS', 'SEQUENCE', 'DTSTAMP', 'DTSTART', 'DTEND', 'DURATION', 'RRULE', 'EXRULE',
            'RECURRENCE-ID'
        ) then
            properties := properties || pg_catalog.jsonb_build_object(
                content.name, pg_catalog.jsonb_build_object('line', content.line, 'parameters', content.parameters, 'value', content.value)
            );
        elsif open_parts = '{VCALENDAR,VEVENT}' and content.name in ('RDATE', 'EXDATE') then
            dates := dates + 1 + length(content.value) - length(replace(content.value, ',', ''));
            if dates > 500 then
                perform wedsync_internal.fail('invalid_value', pg_catalog.jsonb_build_object(
                    'parameter', 'calendar', 'rule', 'at most 500 times in RDATE and EXDATE', 'line', content.line
                ));
            end if;
            properties := properties || pg_catalog.jsonb_build_object(content.name, coalesce(properties -> content.name, '[]') || pg_catalog.jsonb_build_array(
                pg_catalog.jsonb_build_object('line', content.line, 'parameters', content.parameters, 'value', content.value)
            ));
        end if;
    end loop;
    if open_parts <> '{}' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "calendar", "rule": "each BEGIN has an END"}');
    end if;
end
$$;
comment on function wedsync_internal.ical_events(text) is
'Events of an iCalendar document: the line of each, its first property of each name as {line, parameters, value}, all of RDATE and EXDATE as arrays of these, and the locations of the zones that were defined before it.';
revoke all on function wedsync_internal.ical_events(text) from public;

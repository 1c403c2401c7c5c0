create or replace function wedsync_internal.ical_time(property text, instant timestamptz, zone text)
returns text
language sql
stable
parallel safe
return wedsync_internal.ical_line(case
    when zone is null then property || ':' || wedsync_internal.ical_instant(instant)
    else property || ';TZID=' || zone || ':' || to_char(instant at time zone zone, 'YYYYMMDD"T"HH24MISS')
end);
comment on function wedsync_internal.ical_time(text, timestamptz, text) is 'A content line of iCalendar with a moment on the clocks of a zone, in UTC if that is null.';
revoke all on function wedsync_internal.ical_time(text, timestamptz, text) from public;

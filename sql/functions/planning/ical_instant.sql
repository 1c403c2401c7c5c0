create or replace function wedsync_internal.ical_instant(instant timestamptz)
returns text
language sql
stable
parallel safe
return to_char(instant at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"');
comment on function wedsync_internal.ical_instant(timestamptz) is 'A moment as DATE-TIME in UTC, as iCalendar writes it.';
revoke all on function wedsync_internal.ical_instant(timestamptz) from public;

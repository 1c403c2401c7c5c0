create or replace function wedsync_internal.is_told_by_clocks(instant timestamptz, zone text)
returns boolean
language sql
stable
-- PostgreSQL takes the second of two equal times, instant_on_clocks the first
return instant = instant at time zone zone at time zone zone
    and instant = wedsync_internal.instant_on_clocks(to_char(instant at time zone zone, 'YYYY-MM-DD HH24:MI:SS.US'), zone);
comment on function wedsync_internal.is_told_by_clocks(timestamptz, text) is 'Whether clocks in this zone show the time of a moment only once, so that it names the moment.';
revoke all on function wedsync_internal.is_told_by_clocks(timestamptz, text) from public;

create or replace function wedsync_internal.offset_of_zone(zone text, instant timestamptz)
returns interval
language sql
stable
parallel safe
return (instant at time zone zone) - (instant at time zone 'UTC');
comment on function wedsync_internal.offset_of_zone(text, timestamptz) is 'How far the clocks of a zone are ahead of UTC at a moment.';
revoke all on function wedsync_internal.offset_of_zone(text, timestamptz) from public;

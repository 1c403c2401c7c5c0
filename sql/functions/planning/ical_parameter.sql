create or replace function wedsync_internal.ical_parameter(parameters text, name text)
returns text
language sql
immutable
parallel safe
return btrim((regexp_match(parameters, ';' || name || '=("[^"]*"|[^":;]*)', 'i'))[1], '"');
comment on function wedsync_internal.ical_parameter(text, text) is 'The value of a parameter of a content line of iCalendar.';
revoke all on function wedsync_internal.ical_parameter(text, text) from public;

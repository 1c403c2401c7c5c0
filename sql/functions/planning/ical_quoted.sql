create or replace function wedsync_internal.ical_quoted(value text)
returns text
language sql
immutable
parallel safe
return '"' || regexp_replace(replace(regexp_replace(replace(value, '^', '^^'), '\r?\n', '^n', 'g'), '"', '^'''), '[\x01-\x08\x0b-\x1f\x7f]', '', 'g') || '"';
comment on function wedsync_internal.ical_quoted(text) is 'A text as the value of a parameter in iCalendar: quoted, with quotation marks and line breaks as in RFC 6868.';
revoke all on function wedsync_internal.ical_quoted(text) from public;

create or replace function wedsync_internal.ical_text(value text)
returns text
language sql
immutable
parallel safe
return regexp_replace(regexp_replace(regexp_replace(value, '([\\;,])', '\\\1', 'g'), '\r?\n', '\\n', 'g'), '[\x01-\x08\x0b-\x1f\x7f]', '', 'g');
comment on function wedsync_internal.ical_text(text) is 'A text as a value of type TEXT in iCalendar (RFC 5545, 3.3.11).';
revoke all on function wedsync_internal.ical_text(text) from public;

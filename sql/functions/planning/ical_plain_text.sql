create or replace function wedsync_internal.ical_plain_text(value text)
returns text
language sql
immutable
parallel safe
return btrim(replace(
    regexp_replace(
        regexp_replace(replace(regexp_replace(value, '[\x01-\x08\x0b-\x1f\x7f]', '', 'g'), '\\', E'\x01'), '\\[nN]', E'\n', 'g'), '\\(.)', '\1', 'g'
    ),
    E'\x01', '\'
));
comment on function wedsync_internal.ical_plain_text(text) is 'A value of type TEXT in iCalendar (RFC 5545, 3.3.11) as plain text, without control characters.';
revoke all on function wedsync_internal.ical_plain_text(text) from public;

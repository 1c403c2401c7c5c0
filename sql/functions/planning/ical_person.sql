create or replace function wedsync_internal.ical_person(property text, name text, email text, id uuid)
returns text
language sql
immutable
parallel safe
return wedsync_internal.ical_line(
    property || ';SCHEDULE-AGENT=NONE' || coalesce(';CN=' || wedsync_internal.ical_quoted(nullif(name, '')), '') || case
        -- other addresses would need an encoding, or carry headers
        when email ~ '^[A-Za-z0-9.''_+-]+@[A-Za-z0-9.-]+$' then ':mailto:' || email
        else ':urn:uuid:' || id
    end
);
comment on function wedsync_internal.ical_person(text, text, text, uuid) is
'A content line of iCalendar for a person or business, by e-mail address if there is one, otherwise by id. SCHEDULE-AGENT=NONE (RFC 6638) tells programs to send them nothing.';
revoke all on function wedsync_internal.ical_person(text, text, text, uuid) from public;

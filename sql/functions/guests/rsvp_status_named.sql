create or replace function wedsync_internal.rsvp_status_named(word text)
returns text
language sql
stable
parallel safe
as $$
    select s.status
    from wedsync_data.rsvp_statuses as s
    where s.status = lower(btrim(word, E' \t.!?')) or lower(btrim(word, E' \t.!?')) = any (s.aliases) or lower(s.partstat) = lower(btrim(word, E' \t.!?'))
        or lower(s.rsvp_response) = lower(btrim(word, E' \t.!?'))
    order by s.position
    limit 1
$$;
comment on function wedsync_internal.rsvp_status_named(text) is 'Status of a reply that a word means: its name, another word of lists, PARTSTAT of iCalendar or RsvpResponse of schema.org; null if none.';
revoke all on function wedsync_internal.rsvp_status_named(text) from public;

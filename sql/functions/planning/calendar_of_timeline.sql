create or replace function wedsync_internal.calendar_of_timeline(couple_id uuid)
returns text
language sql
stable
as $$
    select
        wedsync_internal.ical_line('BEGIN:VCALENDAR') || wedsync_internal.ical_line('VERSION:2.0')
        || wedsync_internal.ical_line('PRODID:-//WedSync//Timeline//EN') || wedsync_internal.ical_line('CALSCALE:GREGORIAN')
        || wedsync_internal.ical_line('X-WR-CALNAME:' || coalesce((
            select wedsync_internal.ical_text(nullif(concat_ws(' & ', f.partner1_name, f.partner2_name), '')) from wedsync.core_fields as f where f.couple_id = $1
        ), 'Wedding'))
        || coalesce(string_agg(
            wedsync_internal.ical_line('BEGIN:VEVENT')
            || wedsync_internal.ical_line('UID:' || wedsync_internal.ical_text(i.uid))
            || wedsync_internal.ical_line('DTSTAMP:' || wedsync_internal.ical_instant(i.stamped_at))
            || wedsync_internal.ical_line('SEQUENCE:' || i.sequence)
            || wedsync_internal.ical_line('DTSTART:' || wedsync_internal.ical_instant(i.starts_at))
            || coalesce(wedsync_internal.ical_line('DTEND:' || wedsync_internal.ical_instant(i.ends_at)), '')
            || wedsync_internal.ical_line('SUMMARY:' || wedsync_internal.ical_text(i.title))
            || coalesce(wedsync_internal.ical_line('LOCATION:' || wedsync_internal.ical_text(nullif(i.location, ''))), '')
            || coalesce(wedsync_internal.ical_line('DESCRIPTION:' || wedsync_internal.ical_text(nullif(i.cue, ''))), '')
            || wedsync_internal.ical_line('CATEGORIES:' || upper(i.category))
            || wedsync_internal.ical_line('STATUS:' || case i.status when 'skipped' then 'CANCELLED' else 'CONFIRMED' end)
            || wedsync_internal.ical_line('END:VEVENT'),
            '' order by i.starts_at, i.id
        ), '')
        || wedsync_internal.ical_line('END:VCALENDAR')
    from wedsync.my_timeline as i
    where i.couple_id = $1
$$;
comment on function wedsync_internal.calendar_of_timeline(uuid) is
'The timeline items that the caller can see as an iCalendar document, with times in UTC. Internal notes are not part of it.';
revoke all on function wedsync_internal.calendar_of_timeline(uuid) from public;

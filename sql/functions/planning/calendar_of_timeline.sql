-- drop: function wedsync_internal.calendar_of_timeline(uuid)
create or replace function wedsync_internal.calendar_of_timeline(couple_id uuid, with_people boolean)
returns text
language sql
stable
as $$
    with items as (
        select
            i.*,
            -- the other times of a repeated hour, which programs read differently, are in UTC
            case when wedsync_internal.is_told_by_clocks(i.starts_at, i.time_zone)
                and coalesce(wedsync_internal.is_told_by_clocks(i.ends_at, i.time_zone), true) then nullif(i.time_zone, 'UTC') end as zone
        from wedsync.my_timeline as i
        where i.couple_id = $1
    ),
    zone_years as (
        select distinct i.zone, y.year
        from items as i
        cross join lateral (
            values (extract(year from i.starts_at at time zone i.zone)::integer), (extract(year from i.ends_at at time zone i.zone)::integer)
        ) as y (year)
        where i.zone is not null and y.year is not null
    ),
    zones as (
        select z.zone, wedsync_internal.ical_time_zone(z.zone, array_agg(z.year)) as lines
        from zone_years as z
        -- of very many only the time of each moment is told
        where (select count(*) from zone_years) <= 50
        group by z.zone
    )
    select
        wedsync_internal.ical_line('BEGIN:VCALENDAR') || wedsync_internal.ical_line('VERSION:2.0')
        || wedsync_internal.ical_line('PRODID:-//WedSync//Timeline//EN') || wedsync_internal.ical_line('CALSCALE:GREGORIAN')
        || wedsync_internal.ical_line('X-WR-CALNAME:' || coalesce((
            select wedsync_internal.ical_text(nullif(concat_ws(' & ', f.partner1_name, f.partner2_name), '')) from wedsync.core_fields as f where f.couple_id = $1
        ), 'Wedding'))
        || coalesce((select string_agg(z.lines, '' order by z.zone) from zones as z), '')
        || coalesce(string_agg(
            wedsync_internal.ical_line('BEGIN:VEVENT')
            || wedsync_internal.ical_line('UID:' || wedsync_internal.ical_text(i.uid))
            || wedsync_internal.ical_line('DTSTAMP:' || wedsync_internal.ical_instant(i.stamped_at))
            || wedsync_internal.ical_line('SEQUENCE:' || i.sequence)
            || wedsync_internal.ical_time('DTSTART', i.starts_at, z.zone)
            || coalesce(wedsync_internal.ical_time('DTEND', i.ends_at, z.zone), '')
            || wedsync_internal.ical_line('SUMMARY:' || wedsync_internal.ical_text(i.title))
            || coalesce(wedsync_internal.ical_line('LOCATION:' || wedsync_internal.ical_text(nullif(i.location, ''))), '')
            || coalesce(wedsync_internal.ical_line('DESCRIPTION:' || wedsync_internal.ical_text(nullif(i.cue, ''))), '')
            || coalesce(wedsync_internal.ical_line('CONTACT:' || wedsync_internal.ical_text(nullif(i.owner, ''))), '')
            || wedsync_internal.ical_line('CATEGORIES:' || upper(i.category))
            || wedsync_internal.ical_line('STATUS:' || case i.status when 'skipped' then 'CANCELLED' else 'CONFIRMED' end)
            || coalesce(p.line, '')
            || wedsync_internal.ical_line('END:VEVENT'),
            '' order by i.starts_at, i.id
        ), '')
        || wedsync_internal.ical_line('END:VCALENDAR')
    from items as i
    left join zones as z on z.zone = i.zone
    left join (select t.* from wedsync_internal.timeline_people($1) as t where with_people) as p on p.item_id = i.id
$$;
comment on function wedsync_internal.calendar_of_timeline(uuid, boolean) is
'The timeline items that the caller can see as an iCalendar document, with times in the zones of the items, and with ORGANIZER and ATTENDEE if these are asked for. Internal notes are not part of it.';
revoke all on function wedsync_internal.calendar_of_timeline(uuid, boolean) from public;

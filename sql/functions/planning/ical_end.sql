-- drop: function wedsync_internal.ical_minutes(text)
create or replace function wedsync_internal.ical_end(starts timestamptz, zone text, duration text)
returns timestamptz
language sql
stable
as $$
    select case
        when coalesce(cardinality(array_remove(p.parts, null)), 0) = 0 then null
        -- longer than an item can be; the date may be none any more
        when d.days > 14 then starts + interval '15 days'
        else wedsync_internal.instant_on_clocks(to_char(starts at time zone zone + make_interval(days => d.days), 'YYYY-MM-DD HH24:MI:SS'), zone)
            + make_interval(secs => coalesce(p.parts[3]::integer, 0) * 3600.0 + coalesce(p.parts[4]::integer, 0) * 60.0 + coalesce(p.parts[5]::integer, 0))
    end
    from regexp_match(duration, '^\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?=[0-9])(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})S)?)?$') as p (parts)
    cross join lateral (select coalesce(p.parts[1]::integer, 0) * 7 + coalesce(p.parts[2]::integer, 0) as days) as d
$$;
comment on function wedsync_internal.ical_end(timestamptz, text, text) is
'End of an event with a value of type DURATION in iCalendar: its weeks and days are those of the clocks of the zone, hours are exact. Null if it is none, or negative.';
revoke all on function wedsync_internal.ical_end(timestamptz, text, text) from public;

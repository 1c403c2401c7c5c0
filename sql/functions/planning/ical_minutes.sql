create or replace function wedsync_internal.ical_minutes(duration text)
returns integer
language sql
immutable
parallel safe
as $$
    select case
        when cardinality(array_remove(p.parts, null)) > 0 then ceil(
            coalesce(p.parts[1]::integer, 0) * 10080 + coalesce(p.parts[2]::integer, 0) * 1440 + coalesce(p.parts[3]::integer, 0) * 60
            + coalesce(p.parts[4]::integer, 0) + coalesce(p.parts[5]::integer, 0) / 60.0
        )::integer
    end
    from regexp_match(duration, '^\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?=[0-9])(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})S)?)?$') as p (parts)
$$;
comment on function wedsync_internal.ical_minutes(text) is 'A value of type DURATION in iCalendar in minutes, rounded up; null if it is none, or negative.';
revoke all on function wedsync_internal.ical_minutes(text) from public;

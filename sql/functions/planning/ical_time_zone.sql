create or replace function wedsync_internal.ical_time_zone(zone text, years integer[])
returns text
language sql
stable
as $$
    with year_starts as (
        select distinct y.year, make_timestamp(y.year, 1, 1, 0, 0, 0) at time zone $1 as starts, make_timestamp(y.year + 1, 1, 1, 0, 0, 0) at time zone $1 as ends
        from unnest(years) as y (year)
    ),
    onsets as (
        select y.year, y.starts as instant from year_starts as y
        union all
        select y.year, m.instant + interval '1 minute'
        from year_starts as y
        cross join lateral generate_series(y.starts, y.ends - interval '1 second', interval '168 hours') as w (instant)
        cross join lateral generate_series(w.instant, least(w.instant + interval '144 hours', y.ends - interval '1 second'), interval '24 hours') as d (instant)
        cross join lateral generate_series(d.instant, least(d.instant + interval '23 hours', y.ends - interval '1 hour'), interval '1 hour') as h (instant)
        cross join lateral generate_series(h.instant, h.instant + interval '59 minutes', interval '1 minute') as m (instant)
        where wedsync_internal.offset_of_zone($1, w.instant) <> wedsync_internal.offset_of_zone($1, least(w.instant + interval '168 hours', y.ends))
            and wedsync_internal.offset_of_zone($1, d.instant) <> wedsync_internal.offset_of_zone($1, least(d.instant + interval '24 hours', y.ends))
            and wedsync_internal.offset_of_zone($1, h.instant) <> wedsync_internal.offset_of_zone($1, h.instant + interval '1 hour')
            and wedsync_internal.offset_of_zone($1, m.instant) <> wedsync_internal.offset_of_zone($1, m.instant + interval '1 minute')
    ),
    observances as (
        select
            o.instant, o.after, coalesce(lag(o.after) over (order by o.instant), o.after) as before, lag(o.after) over (order by o.instant) is null as is_first,
            case when o.after > min(o.after) over (partition by o.year) then 'DAYLIGHT' else 'STANDARD' end as part
        from (select o.year, o.instant, wedsync_internal.offset_of_zone($1, o.instant) as after from onsets as o) as o
    )
    select wedsync_internal.ical_line('BEGIN:VTIMEZONE') || wedsync_internal.ical_line('TZID:' || $1) || string_agg(
        wedsync_internal.ical_line('BEGIN:' || o.part)
        || wedsync_internal.ical_line('DTSTART:' || to_char(o.instant at time zone 'UTC' + o.before, 'YYYYMMDD"T"HH24MISS'))
        || wedsync_internal.ical_line('TZOFFSETFROM:' || wedsync_internal.ical_offset(o.before))
        || wedsync_internal.ical_line('TZOFFSETTO:' || wedsync_internal.ical_offset(o.after))
        || wedsync_internal.ical_line('END:' || o.part),
        '' order by o.instant
    ) || wedsync_internal.ical_line('END:VTIMEZONE')
    from observances as o
    where o.is_first or o.after <> o.before
$$;
comment on function wedsync_internal.ical_time_zone(text, integer[]) is
'VTIMEZONE of a zone, with what PostgreSQL knows of its clocks in these years: the offset at the start, and each change.';
revoke all on function wedsync_internal.ical_time_zone(text, integer[]) from public;

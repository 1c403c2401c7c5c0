create or replace function wedsync_internal.ical_item(event jsonb, first_line integer, locations jsonb, floating_zone text)
returns jsonb
language plpgsql
stable
as $$
declare
    uid constant text := wedsync_internal.ical_plain_text(event #>> '{UID,value}');
    title constant text := wedsync_internal.ical_plain_text(event #>> '{SUMMARY,value}');
    place constant text := wedsync_internal.ical_plain_text(event #>> '{LOCATION,value}');
    cue constant text := wedsync_internal.ical_plain_text(event #>> '{DESCRIPTION,value}');
    category constant text := lower(split_part(wedsync_internal.ical_plain_text(event #>> '{CATEGORIES,value}'), ',', 1));
    sequence constant text := coalesce(btrim(event #>> '{SEQUENCE,value}'), '0');
    starts record;
    ends record;
    stamp record;
    minutes integer;
    rule text;
    broken text;
begin
    starts := wedsync_internal.ical_moment(event #>> '{DTSTART,parameters}', btrim(event #>> '{DTSTART,value}'), locations, floating_zone);
    ends := wedsync_internal.ical_moment(event #>> '{DTEND,parameters}', btrim(event #>> '{DTEND,value}'), locations, floating_zone);
    -- without a zone, which is common, it is taken as UTC
    stamp := wedsync_internal.ical_moment('', btrim(event #>> '{DTSTAMP,value}'), '{}', 'UTC');
    if event ? 'DTEND' then
        -- what lies beyond the limits below may not fit an integer
        minutes := greatest(-1, least(20161, ceil(extract(epoch from ends.instant - starts.instant) / 60)));
        -- some programs end a single day with itself
        if starts.is_date and minutes = 0 then
            minutes := ceil(extract(epoch from wedsync_internal.ical_end(starts.instant, starts.time_zone, 'P1D') - starts.instant) / 60);
        end if;
    elsif event ? 'DURATION' or starts.is_date and starts.problem is null then
        ends.instant := wedsync_internal.ical_end(starts.instant, coalesce(starts.time_zone, 'UTC'), coalesce(btrim(event #>> '{DURATION,value}'), 'P1D'));
        minutes := case when ends.instant is not null then least(20161, ceil(extract(epoch from ends.instant - starts.instant) / 60)) end;
    end if;
    select p.name, p.rule into broken, rule
    from (values
        (1, 'UID', 'required', coalesce(uid, '') = ''), (2, 'UID', 'at_most_255_characters', length(uid) > 255),
        (6, 'DTSTART', 'required', not event ? 'DTSTART'), (7, 'DTSTART', starts.problem, event ? 'DTSTART' and starts.problem is not null),
        (8, 'DTEND', ends.problem, event ? 'DTEND' and ends.problem is not null),
        (9, 'DTEND', 'same_type_as_start', starts.is_date <> ends.is_date),
        (9, 'DURATION', 'duration', event ? 'DURATION' and not event ? 'DTEND' and minutes is null),
        (10, 'DTEND', 'end_not_before_start', minutes < 0), (11, 'DTEND', 'at_most_14_days', minutes > 20160),
        (12, 'DTSTART', 'date_time', starts.instant + make_interval(mins => least(minutes, 20161)) >= '9999-12-31 00:00+00'),
        (13, 'SUMMARY', 'required', coalesce(title, '') = ''), (14, 'SEQUENCE', 'whole_number', sequence !~ '^[0-9]{1,9}$'),
        (15, 'DTSTAMP', 'date_time', event ? 'DTSTAMP' and (stamp.instant is null or stamp.is_date))
    ) as p (n, name, rule, is_broken)
    where p.is_broken
    order by p.n
    limit 1;
    if rule is not null then
        return pg_catalog.jsonb_build_object(
            'uid', left(uid, 255), 'problems', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
                'line', coalesce((event #>> array[broken, 'line'])::integer, first_line), 'uid', left(uid, 255), 'property', broken, 'rule', rule, 'is_skipped', true
            ))
        );
    end if;
    return pg_catalog.jsonb_build_object(
        'line', first_line, 'uid', uid, 'title', left(title, 200), 'location', left(place, 300), 'cue', left(cue, 1000),
        'category', case when category in ('prep', 'ceremony', 'photos', 'cocktail', 'reception', 'transport', 'logistics', 'personal') then category end,
        'starts_at', starts.instant, 'time_zone', starts.time_zone, 'duration_minutes', minutes,
        'is_cancelled', upper(btrim(event #>> '{STATUS,value}')) is not distinct from 'CANCELLED',
        'sequence', sequence::integer, 'stamped_at', stamp.instant, 'is_all_day', starts.is_date,
        'problems', (
            select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                'line', event #> array[s.name, 'line'], 'uid', uid, 'property', s.name, 'rule', format('shortened_to_%s_characters', s.most), 'is_skipped', false
            ) order by s.name), '[]')
            from (values ('SUMMARY', title, 200), ('LOCATION', place, 300), ('DESCRIPTION', cue, 1000)) as s (name, text, most)
            where length(s.text) > s.most
        ) || case when starts.is_date then pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object(
            'line', event #> '{DTSTART,line}', 'uid', uid, 'property', 'DTSTART', 'rule', 'all_day', 'is_skipped', false
        )) else '[]' end
    );
end
$$;
comment on function wedsync_internal.ical_item(jsonb, integer, jsonb, text) is
'An event of an iCalendar document as values of a timeline item, or without them the first problem that keeps it from being one; with problems, each {line, uid, property, rule, is_skipped}.';
revoke all on function wedsync_internal.ical_item(jsonb, integer, jsonb, text) from public;

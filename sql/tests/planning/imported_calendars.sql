-- proves: F004-106
-- Calendars become timeline items: matched by UID, the newer revision wins, and what cannot be an item is told by line.
begin;
select plan(96);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('full', 'emma', '{full}', '{full}');
create function pg_temp.calendar(events text) returns text language sql as $$
    select E'BEGIN:VCALENDAR\r\nVERSION:2.0\r\n' || replace(events, E'\n', E'\r\n') || E'\r\nEND:VCALENDAR\r\n'
$$;
create function pg_temp.event(properties text, uid text default 'a@example.org', title text default 'Toast') returns text language sql as $$
    select E'BEGIN:VEVENT\nUID:' || uid || E'\nSUMMARY:' || title || E'\n' || properties || E'\nEND:VEVENT'
$$;
create function pg_temp.import(calendar text, options jsonb default '{}', who text default 'emma') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.import_timeline(%L, %L, %L)', tap.couple('emma'), calendar, options))::jsonb
$$;
create function pg_temp.problem(properties text) returns jsonb language sql as $$
    select jsonb_agg(p.v - '{uid,is_skipped}'::text[])
        from jsonb_array_elements(pg_temp.import(pg_temp.calendar(pg_temp.event(properties))) -> 'problems') as p (v)
$$;
create function pg_temp.error(calendar text, options text default '{}', who text default 'emma') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.import_timeline(%L, %L, %L)', tap.couple('emma'), calendar, options))
$$;
create function pg_temp.item(uid text default 'a@example.org') returns wedsync_data.timeline_items language sql as $$
    select i from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma') and i.uid = $1
$$;
create function pg_temp.starts(properties text) returns timestamptz language plpgsql as $$
begin
    delete from wedsync_data.timeline_items where couple_id = tap.couple('emma');
    perform pg_temp.import(pg_temp.calendar(properties));
    return (pg_temp.item()).starts_at;
end $$;

-- creating
create temporary table results on commit drop as select pg_temp.import(pg_temp.calendar(pg_temp.event(
    E'DTSTAMP:20270101T000000Z\nSEQUENCE:3\nDTSTART;TZID=Europe/London:20270612T150000\nDURATION:PT1H30M\nLOCATION:Hall\\, left\n'
    'DESCRIPTION:One\\nTwo \\\\n\nCATEGORIES:Reception,Fun\nSTATUS:CONFIRMED\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Not this\nTRIGGER:-PT15M\nEND:VALARM',
    title => 'Toast to\n  the couple'
)), '{"preview": true}') as r;
select is((select r - '{items,problems}'::text[] from results),
    '{"preview": true, "events": 1, "created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "problem_count": 0}', 'a preview tells what would be done');
select is((pg_temp.item()).id, null, 'and does nothing');
select pg_temp.import(pg_temp.calendar(pg_temp.event(
    E'DTSTAMP:20270101T000000Z\nSEQUENCE:3\nDTSTART;TZID=Europe/London:20270612T150000\nDURATION:PT1H30M\nLOCATION:Hall\\, left\n'
    'DESCRIPTION:One\\nTwo \\\\n\nCATEGORIES:Reception,Fun\nSTATUS:CONFIRMED\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Not this\nTRIGGER:-PT15M\nEND:VALARM',
    title => E'Toast to\n  the couple'
)));
select is(
    (
        select to_jsonb(i) - '{id,couple_id,version_number,last_updated_by,created_at,updated_at,supplier_ids,participants,depends_on,actual_start,'
        'actual_end,owner,min_minutes,internal_note,is_locked,is_key_moment,rigidity}'::text[] from pg_temp.item() as i
    ),
    '{"title": "Toast to the couple", "category": "reception", "starts_at": "2027-06-12T14:00:00+00:00", "starts_local": "2027-06-12T15:00",
    "time_zone": "Europe/London", "duration_minutes": 90, "ends_at": "2027-06-12T15:30:00+00:00", "location": "Hall, left", "cue": "One\nTwo \\n",
    "status": "planned", "uid": "a@example.org", "sequence": 3, "stamped_at": "2027-01-01T00:00:00+00:00"}', 'an event becomes an item, unfolded and unescaped'
);

-- newer wins
create function pg_temp.again(sequence integer, stamp text, title text) returns text language sql as $$
    select (
        select k from jsonb_each(r) as e (k, v) where e.k in ('updated', 'unchanged', 'created') and e.v = '1'
    ) || ' ' || (pg_temp.item()).title
    from pg_temp.import(pg_temp.calendar(pg_temp.event(
        format(E'DTSTAMP:%s\nSEQUENCE:%s\nDTSTART;TZID=Europe/London:20270612T150000\nDURATION:PT1H30M', stamp, sequence), title => title
    ))) as r
$$;
select is(pg_temp.again(3, '20270101T000000Z', 'Same'), 'unchanged Toast to the couple', 'the same revision changes nothing');
select is(pg_temp.again(2, '20280101T000000Z', 'Older'), 'unchanged Toast to the couple', 'nor does a smaller SEQUENCE, however late');
select pg_temp.again(3, '20270101T000001Z', 'Later');
select is((pg_temp.item()).title, 'Later', 'of equal ones the later DTSTAMP wins');
select is((pg_temp.item()).sequence, 3, 'and stays the revision that it is');
select pg_temp.again(4, '20260101T000000Z', 'Higher');
select is((pg_temp.item()).title, 'Higher', 'a higher SEQUENCE wins, whenever it was');
select tap.run('emma', format('update wedsync.timeline_items set title = ''Ours'' where id = %L', (pg_temp.item()).id));
select is(pg_temp.again(4, '20270301T000000Z', 'Theirs'), 'unchanged Ours', 'a change made here is a revision, too');
select pg_temp.import(tap.call('emma', format('select wedsync.timeline_calendar(%L)', tap.couple('emma'))));
select is((pg_temp.item()).title, 'Ours', 'what was exported and not changed is imported without effect');
select tap.run('emma', format('update wedsync.timeline_items set is_locked = true where id = %L', (pg_temp.item()).id));
select is(
    (
        select r #> '{problems,0,rule}' from pg_temp.import(pg_temp.calendar(
            pg_temp.event(E'SEQUENCE:9\nDTSTAMP:20270101T000000Z\nDTSTART:20270612T160000Z')
        )) as r
    ),
    '"locked_item"', 'locked times are not moved'
);
select tap.run('emma', format('update wedsync.timeline_items set is_locked = false where id = %L', (pg_temp.item()).id));
select pg_temp.import(pg_temp.calendar(pg_temp.event(E'SEQUENCE:9\nDTSTAMP:20270101T000000Z\nSTATUS:CANCELLED\nDTSTART:20270612T160000Z')));
select is((pg_temp.item()).status, 'skipped', 'what is cancelled is skipped');
select is((pg_temp.item()).time_zone, 'Europe/London', 'a time in UTC leaves the zone of the item');
select is(
    (
        select r -> 'problems' from pg_temp.import(pg_temp.calendar(
            pg_temp.event(E'SEQUENCE:2\nDTSTART:20270612T160000Z', 'b', 'New') || E'\n' || pg_temp.event(E'SEQUENCE:1\nDTSTART:20270612T160000Z', 'b', 'Old')
        )) as r
    ),
    '[{"uid": "b", "line": 9, "rule": "repeated_uid", "property": "UID", "is_skipped": true}]', 'of several with one UID the newest counts'
);
select is((pg_temp.item('b')).title, 'New', 'that is the one');

-- times
select is(pg_temp.starts(pg_temp.event('DTSTART:20270612T150000')), '2027-06-12 14:00+00', 'without a zone it is the time of the wedding');
select pg_temp.import(pg_temp.calendar(pg_temp.event('DTSTART:20270612T150000', 'c')), '{"time_zone": "Asia/Tokyo"}');
select is((pg_temp.item('c')).starts_at, '2027-06-12 06:00+00', 'or of the zone that is given');
select is(pg_temp.starts(pg_temp.event('DTSTART;TZID="/mozilla.org/20050126_1/Europe/Paris":20270612T150000')), '2027-06-12 13:00+00', 'a prefix of a vendor');
select is(pg_temp.starts(pg_temp.event('DTSTART;TZID=W. Europe Standard Time:20270612T150000')), '2027-06-12 13:00+00', 'a zone of Windows');
select is(
    pg_temp.starts(E'BEGIN:VTIMEZONE\nTZID:Ours\nX-LIC-LOCATION:America/New_York\nBEGIN:STANDARD\nDTSTART:19701101T020000\nEND:STANDARD\nEND:VTIMEZONE\n'
        || pg_temp.event('DTSTART;TZID=Ours:20270612T150000')), '2027-06-12 19:00+00', 'a zone that says where it is'
);
select is(pg_temp.starts(pg_temp.event('DTSTART;TZID=Europe/London:20271031T013000')), '2027-10-31 00:30+00', 'of two equal times the first');
select is(pg_temp.starts(pg_temp.event('DTSTART;TZID=America/New_York:20270314T023000')), '2027-03-14 07:30+00', 'a skipped time as RFC 5545 has it');
select is((pg_temp.item()).starts_local, '2027-03-14T03:30', 'which is half past three');
select is(pg_temp.starts(pg_temp.event(E'DTSTART:20270612T150030Z\nDTEND:20270612T151000Z')), '2027-06-12 15:00:30+00', 'seconds are kept');
select is((pg_temp.item()).duration_minutes, 10, 'lengths are whole minutes');

-- days
select pg_temp.import(pg_temp.calendar(pg_temp.event('DTSTART;VALUE=DATE:20271031', 'day') || E'\n' || pg_temp.event('DTSTART:20270612', 'bare') || E'\n'
    || pg_temp.event(E'DTSTART;VALUE=DATE:20270612\nDTEND;VALUE=DATE:20270614', 'two') || E'\n'
    || pg_temp.event(E'DTSTART;VALUE=DATE:20270612\nDTEND;VALUE=DATE:20270612', 'same') || E'\n'
    || pg_temp.event(E'DTSTART;VALUE=DATE:20270612\nDURATION:P3D', 'three')));
select is(
    (
        select jsonb_object_agg(i.uid, jsonb_build_array(i.starts_local, i.duration_minutes, i.rigidity)) from wedsync_data.timeline_items as i
        where i.couple_id = tap.couple('emma') and i.uid in ('day', 'bare', 'two', 'same', 'three')
    ),
    '{"day": ["2027-10-31T00:00", 1500, "fixed"], "bare": ["2027-06-12T00:00", 1440, "fixed"], "two": ["2027-06-12T00:00", 2880, "fixed"],
    "same": ["2027-06-12T00:00", 1440, "fixed"], "three": ["2027-06-12T00:00", 4320, "fixed"]}',
    'all-day events last for their days, also for one of 25 hours, and stay when others are late'
);
select is(
    pg_temp.import(pg_temp.calendar(pg_temp.event('DTSTART;VALUE=DATE:20270612', 'all')), '{"preview": true}') #- '{items,0,item_id}' #- '{items,0,starts_at}',
    '{"preview": true, "events": 1, "created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "problem_count": 1,
    "problems": [{"uid": "all", "line": 6, "rule": "all_day", "property": "DTSTART", "is_skipped": false}],
    "items": [{"uid": "all", "line": 3, "title": "Toast", "action": "created", "is_all_day": true}]}', 'and are reported'
);
select pg_temp.import(pg_temp.calendar(pg_temp.event(E'DTSTART;TZID=Europe/London:20271030T100000\nDURATION:P1DT1H', 'nominal')));
select is((pg_temp.item('nominal')).duration_minutes, 1560, 'a day of a duration is one of the clocks');

-- what recurs
create function pg_temp.times(properties text, uid text default 'series') returns text[] language plpgsql as $$
begin
    delete from wedsync_data.timeline_items where couple_id = tap.couple('emma');
    perform pg_temp.import(pg_temp.calendar(pg_temp.event(properties, uid)));
    return array(select i.starts_local from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma') and split_part(i.uid, '/', 1) = $2
        order by i.starts_at);
end $$;
select is(pg_temp.times(r.properties), r.times, r.properties) from (values
    (E'DTSTART;TZID=Europe/London:20271030T100000\nRRULE:FREQ=DAILY;COUNT=3', '{2027-10-30T10:00,2027-10-31T10:00,2027-11-01T10:00}'::text[]),
    (E'DTSTART;TZID=Europe/London:20271030T100000\nRRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20271103', '{2027-10-30T10:00,2027-11-01T10:00,2027-11-03T10:00}'),
    (E'DTSTART;TZID=Europe/London:20271030T100000\nRRULE:FREQ=DAILY;UNTIL=20271031T095959Z', '{2027-10-30T10:00}'),
    (E'DTSTART;TZID=Europe/London:20271030T100000\nRRULE:FREQ=DAILY;UNTIL=20271031T100000Z', '{2027-10-30T10:00,2027-10-31T10:00}'),
    (E'DTSTART;TZID=Europe/London:20270611T100000\nRRULE:FREQ=DAILY;BYDAY=FR,SA;COUNT=3', '{2027-06-11T10:00,2027-06-12T10:00,2027-06-18T10:00}'),
    -- as in RFC 5545, 3.3.10: the first day of the week makes a difference
    (E'DTSTART;TZID=Europe/London:20270601T100000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
    '{2027-06-01T10:00,2027-06-06T10:00,2027-06-15T10:00,2027-06-20T10:00}'),
    (E'DTSTART;TZID=Europe/London:20270601T100000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
    '{2027-06-01T10:00,2027-06-13T10:00,2027-06-15T10:00,2027-06-27T10:00}'),
    (E'DTSTART;TZID=Europe/London:20270131T100000\nRRULE:FREQ=MONTHLY;COUNT=3', '{2027-01-31T10:00,2027-03-31T10:00,2027-05-31T10:00}'),
    (E'DTSTART;TZID=Europe/London:20280229T100000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2', '{2028-02-29T10:00,2032-02-29T10:00}'),
    -- the second of two equal times is none of the series
    (E'DTSTART;TZID=Europe/London:20271030T013000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20271031T003000Z', '{2027-10-30T01:30,2027-11-01T01:30}'),
    (E'DTSTART;TZID=Europe/London:20270612T100000\nRRULE:FREQ=DAILY;COUNT=4\n'
    'EXDATE;TZID=Europe/London:20270613T100000,20270615T100000\nEXDATE;VALUE=DATE:20270614',
    '{2027-06-12T10:00}'),
    (E'DTSTART;TZID=Europe/London:20270612T100000\nRDATE:20270613T100000Z,20270614T090000Z\nRDATE:20270612T090000Z',
    '{2027-06-12T10:00,2027-06-13T11:00,2027-06-14T10:00}'),
    (E'DTSTART;VALUE=DATE:20271030\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20271030', '{2027-10-31T00:00,2027-11-01T00:00}')
) as r (properties, times);
select is(
    (select array_agg(i.duration_minutes order by i.starts_at) from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma')), '{1500,1440}',
    'each day has its length'
);
create function pg_temp.dinners(properties text) returns jsonb language sql as $$
    select pg_temp.import(pg_temp.calendar(pg_temp.event(
        E'SEQUENCE:1\nDTSTAMP:20270101T000000Z\nDTSTART;TZID=Europe/London:20270612T190000\nRRULE:FREQ=DAILY;COUNT=3', 'dinner'
    ) || properties))
        - '{items,preview,problem_count}'::text[]
$$;
create function pg_temp.dinner_items() returns jsonb language sql as $$
    select jsonb_object_agg(i.uid, jsonb_build_array(i.title, i.starts_local, i.status)) from wedsync_data.timeline_items as i
    where i.couple_id = tap.couple('emma') and i.uid like 'dinner%'
$$;
create function pg_temp.instead(recurrence_id text, title text, properties text default '') returns text language sql as $$
    select E'\n' || pg_temp.event(
        E'SEQUENCE:1\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID' || recurrence_id || E'\nDTSTART;TZID=Europe/London:20270613T203000' || properties,
        'dinner', title
    )
$$;
select is(
    pg_temp.dinners(pg_temp.instead(';TZID=Europe/London:20270613T190000', 'Late') || pg_temp.instead(':20270612T180000Z', 'First', E'\nSTATUS:CANCELLED')),
    '{"events": 3, "created": 3, "updated": 0, "unchanged": 0, "skipped": 0, "problems": []}', 'a series with two that differ'
);
select is(
    pg_temp.dinner_items(), '{"dinner": ["First", "2027-06-13T20:30", "skipped"], "dinner/20270613T180000Z": ["Late", "2027-06-13T20:30", "planned"],
    "dinner/20270614T180000Z": ["Toast", "2027-06-14T19:00", "planned"]}', 'has these instead of those'
);
select is(
    pg_temp.dinners(pg_temp.instead(';TZID=Europe/London:20270613T190000', 'Late') || pg_temp.instead(':20270612T180000Z', 'First')) -> 'unchanged',
    '3', 'each is found again'
);
select is(
    (
        select r #> '{problems}'
        from pg_temp.dinners(E'\n' || pg_temp.event(E'SEQUENCE:0\nDTSTART:20270612T100000Z\nRRULE:FREQ=DAILY;COUNT=5', 'dinner', 'Old')) as r
    ),
    '[{"uid": "dinner", "line": 11, "rule": "repeated_uid", "property": "UID", "is_skipped": true}]', 'an older revision of a series is left out as a whole'
);
select is((select count(*) from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma') and i.title = 'Old'), 0::bigint, 'and makes no items');

-- what is no item
select is(pg_temp.problem(p.properties), p.says, p.properties) from (values
    ('DTSTART;VALUE=DATE:20270631', '[{"line": 6, "property": "DTSTART", "rule": "date"}]'::jsonb),
    ('DTSTART;VALUE=DATE:20270612T150000', '[{"line": 6, "property": "DTSTART", "rule": "date_time"}]'),
    (E'DTSTART;VALUE=DATE:20270612\nDTEND:20270613T150000Z', '[{"line": 7, "property": "DTEND", "rule": "same_type_as_start"}]'),
    (E'DTSTART;VALUE=DATE:20270612\nDTEND;VALUE=DATE:20270611', '[{"line": 7, "property": "DTEND", "rule": "end_not_before_start"}]'),
    (E'DTSTART;VALUE=DATE:20270612\nDTEND;VALUE=DATE:20270627', '[{"line": 7, "property": "DTEND", "rule": "at_most_14_days"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY', '[{"line": 7, "property": "RRULE", "rule": "endless"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;COUNT=101', '[{"line": 7, "property": "RRULE", "rule": "at_most_100_occurrences"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;UNTIL=20991231', '[{"line": 7, "property": "RRULE", "rule": "at_most_100_occurrences"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=HOURLY;COUNT=3', '[{"line": 7, "property": "RRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=MONTHLY;BYDAY=2SA;COUNT=3', '[{"line": 7, "property": "RRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;INTERVAL=0;COUNT=3', '[{"line": 7, "property": "RRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;COUNT=3;UNTIL=20270614', '[{"line": 7, "property": "RRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;UNTIL=20271399', '[{"line": 7, "property": "RRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:', '[{"line": 7, "property": "RRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nEXRULE:FREQ=DAILY;COUNT=3', '[{"line": 7, "property": "EXRULE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRDATE;VALUE=PERIOD:20270613T150000Z/PT1H', '[{"line": 7, "property": "RDATE", "rule": "date_time"}]'),
    (E'DTSTART:20270612T150000Z\nRDATE;VALUE=DATE:20270613', '[{"line": 7, "property": "RDATE", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:tomorrow', '[{"line": 8, "property": "EXDATE", "rule": "date_time"}]'),
    (E'DTSTART:20270612T150000Z\nEXDATE:20270612T150000Z', '[{"line": 7, "property": "EXDATE", "rule": "no_occurrence"}]'),
    (E'DTSTART:20270612T150000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270612T150000Z', '[{"line": 7, "property": "RECURRENCE-ID", "rule": "recurring"}]'),
    (E'DTSTART:20270612T150000Z\nRECURRENCE-ID:now', '[{"line": 7, "property": "RECURRENCE-ID", "rule": "date_time"}]'),
    ('DTSTART;TZID=Middle Earth:20270612T150000', '[{"line": 6, "property": "DTSTART", "rule": "unknown_time_zone"}]'),
    ('DTSTART:20270631T150000Z', '[{"line": 6, "property": "DTSTART", "rule": "date_time"}]'),
    ('DTSTART:20270612T250000Z', '[{"line": 6, "property": "DTSTART", "rule": "date_time"}]'),
    (E'DTSTART:20270612T150000Z\nDTEND:20270612T140000Z', '[{"line": 7, "property": "DTEND", "rule": "end_not_before_start"}]'),
    (E'DTSTART:20270612T150000Z\nDTEND:99990612T140000Z', '[{"line": 7, "property": "DTEND", "rule": "at_most_14_days"}]'),
    (E'DTSTART:20270612T150000Z\nDTEND:10000612T140000Z', '[{"line": 7, "property": "DTEND", "rule": "end_not_before_start"}]'),
    (E'DTSTART:99991231T230000Z\nDURATION:P1D', '[{"line": 6, "property": "DTSTART", "rule": "date_time"}]'),
    (E'DTSTART:20270612T150000Z\nDURATION:-PT5M', '[{"line": 7, "property": "DURATION", "rule": "duration"}]'),
    (E'DTSTART:20270612T150000Z\nSEQUENCE:many', '[{"line": 7, "property": "SEQUENCE", "rule": "whole_number"}]'),
    ('LOCATION:Hall', '[{"line": 3, "property": "DTSTART", "rule": "required"}]')
) as p (properties, says);
select is(
    (select r -> 'problems' from pg_temp.import(pg_temp.calendar(pg_temp.event('DTSTART:20270612T150000Z', '', ''))) as r),
    '[{"uid": "", "line": 4, "property": "UID", "rule": "required", "is_skipped": true}]', 'an event without a name of its own cannot be found again'
);
select is(
    (
        select jsonb_build_array(r -> 'created', r #>> '{problems,0,rule}', length((pg_temp.item('long')).title)) from pg_temp.import(
            pg_temp.calendar(pg_temp.event('DTSTART:20270612T150000Z', 'long', repeat('x', 300)))
        ) as r
    ), '[1, "shortened_to_200_characters", 200]', 'what is too long is shortened, and told'
);

-- refused as a whole
select is(pg_temp.error(e.calendar, e.options, e.who) ->> 'sqlstate', e.state, e.what) from (values
    ('no calendar', '{}', 'emma', '22023', 'a text that is none'), ('', '{}', 'emma', '22023', 'nothing'),
    (E'BEGIN:VCALENDAR\nBEGIN:VEVENT\n', '{}', 'emma', '22023', 'one without an end'),
    (E'BEGIN:VCALENDAR\nEND:VEVENT\n', '{}', 'emma', '22023', 'one that ends what did not begin'),
    ('BEGIN:VCALENDAR' || repeat(E'\nBEGIN:VEVENT', 20), '{}', 'emma', '22023', 'one that is nested too deeply'),
    (E'BEGIN:VCALENDAR\nEND:VCALENDAR', '{"mode": "x"}', 'emma', '22023', 'unknown options'),
    (E'BEGIN:VCALENDAR\nEND:VCALENDAR', '{"time_zone": "Middle/Earth"}', 'emma', '22023', 'an unknown zone'),
    ('BEGIN:VCALENDAR' || repeat(' ', 1048576), '{}', 'emma', 'PT413', 'one of more than a megabyte'),
    ('BEGIN:VCALENDAR' || repeat(E'\n', 100001), '{}', 'emma', 'PT413', 'one of too many lines'),
    (pg_temp.calendar(pg_temp.event(E'DTSTART:20270612T150000Z\nEXDATE:' || repeat('20270613T150000Z,', 500))), '{}', 'emma', '22023',
    'one with too many exceptions'),
    (pg_temp.calendar((
        select string_agg(pg_temp.event(E'DTSTART:20270612T150000Z\nRRULE:FREQ=DAILY;COUNT=100', 'many' || n), E'\n') from generate_series(1, 11) as n
    )), '{}', 'emma', 'PT409', 'one that makes too many items'),
    (E'BEGIN:VCALENDAR\nEND:VCALENDAR', '{}', 'full', '42501', 'suppliers import nothing'),
    (E'BEGIN:VCALENDAR\nEND:VCALENDAR', '{}', 'fred', '42501', 'nor does family'),
    (E'BEGIN:VCALENDAR\nEND:VCALENDAR', '{}', 'olivia', 'PT404', 'nor another couple')
) as e (calendar, options, who, state, what);
select is(pg_temp.import(E'BEGIN:VCALENDAR\nEND:VCALENDAR', '{}', 'paula') -> 'events', '0', 'a planner may');
select is(
    pg_temp.error(pg_temp.calendar((select string_agg(pg_temp.event('DTSTART:20270612T150000Z', 'many' || n), E'\n') from generate_series(1,
        1001) as n))) ->> 'sqlstate',
    'PT409', 'a timeline has so many items and no more'
);
select * from finish();
rollback;

-- proves: F004-106
-- The timeline as a calendar, and secret addresses for programs that cannot sign in.
begin;
select plan(49);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.call('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), '{"couple.partner2.name": "James; son"}'));
select tap.admit('emma', 'fred', 'family');
select tap.supplier('band', 'emma', '{basic}'), tap.supplier('stranger');
insert into wedsync_data.timeline_items (couple_id, title, starts_at, duration_minutes, location, cue, category, internal_note, is_key_moment,
    supplier_ids) values
(tap.couple('emma'), 'Ceremony', '2027-06-12 13:00+00', 30, E'St Mary''s, north door; left\\right', E'Bells\nthen organ', 'ceremony', 'SECRET NOTE', true,
    '{}'),
(tap.couple('emma'), repeat('Grüße an alle ', 14), '2027-06-12 15:00+00', null, null, null, 'other', null, false, '{}'),
(tap.couple('emma'), 'Band', '2027-06-12 19:00+00', 60, '', null, 'other', null, false, array[tap.firm('band')]);
create function pg_temp.calendar(who text, db_role text default 'authenticated') returns text language sql as $$
    select tap.call(who, format('select wedsync.timeline_calendar(%L)', tap.couple('emma')), db_role)
$$;
create function pg_temp.titles(calendar text) returns text[] language sql as $$
    select array_agg(left(m[1], 8) order by n) from regexp_matches(calendar, '\r\nSUMMARY:([^\r]*)', 'g') with ordinality as m (m, n)
$$;
create temporary table shown on commit drop as select pg_temp.calendar('emma') as calendar;
grant select on shown to public;
create function pg_temp.has(line text) returns boolean language sql as $$ select strpos(s.calendar, E'\r\n' || line || E'\r\n') > 0 from shown as s $$;
select is((select left(calendar, 27) from shown), E'BEGIN:VCALENDAR\r\nVERSION:2.', 'an iCalendar document');
select is((select right(calendar, 15) from shown), E'END:VCALENDAR\r\n', 'to its end');
select ok((select replace(calendar, E'\r\n', '') !~ E'[\r\n]' from shown), 'every line ends with CR LF');
select ok((select bool_and(octet_length(l) <= 75) from shown, regexp_split_to_table(calendar, '\r\n') as l), 'no line is longer than 75 octets');
select ok((select strpos(replace(calendar, E'\r\n ', ''), repeat('Grüße an alle ', 14)) > 0 from shown), 'folded between characters');
select ok(pg_temp.has('SUMMARY:Ceremony'), 'titles');
select ok(pg_temp.has('DTSTART;TZID=Europe/London:20270612T140000') and pg_temp.has('DTEND;TZID=Europe/London:20270612T143000'), 'times on local clocks');
select is(
    (select substring(calendar from 'BEGIN:VTIMEZONE.*END:VTIMEZONE') from shown),
    replace(E'BEGIN:VTIMEZONE\nTZID:Europe/London\nBEGIN:STANDARD\nDTSTART:20270101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\n'
        'BEGIN:DAYLIGHT\nDTSTART:20270328T010000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nEND:DAYLIGHT\n'
        'BEGIN:STANDARD\nDTSTART:20271031T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000\nEND:STANDARD\nEND:VTIMEZONE', E'\n', E'\r\n'),
    'and how these clocks go'
);
select ok(pg_temp.has('LOCATION:St Mary''s\, north door\; left\\right'), 'escaped places');
select ok(pg_temp.has('DESCRIPTION:Bells\nthen organ'), 'cues');
select ok(pg_temp.has('X-WR-CALNAME:Emma & James\; son'), 'the couple''s names');
select ok(pg_temp.has('SEQUENCE:0') and pg_temp.has('STATUS:CONFIRMED') and pg_temp.has('CATEGORIES:CEREMONY'), 'revision, status, category');
select is((select count(*) from shown, regexp_matches(calendar, 'UID:[0-9a-f-]{36}@wedsync\r\n', 'g')), 3::bigint, 'each has its UID');
select is((select count(*) from shown, regexp_matches(calendar, 'DTEND', 'g')), 2::bigint, 'a moment has no end');
select is((select strpos(calendar, 'SECRET NOTE') from shown), 0, 'internal notes are not in it, whoever asks');
update wedsync_data.timeline_items set status = 'skipped' where title = 'Ceremony';
select ok(pg_temp.calendar('emma') ~ 'SEQUENCE:1\r\n[^V]*SUMMARY:Ceremony.*STATUS:CANCELLED', 'what is skipped is cancelled, in a new revision');

-- zones
create function pg_temp.zone(name text, variadic years integer[]) returns text language sql as $$
    select string_agg(array_to_string(m, ' '), ', ') from regexp_matches(
        wedsync_internal.ical_time_zone(name, years), 'BEGIN:(STAN|DAY)[^:]*:([^\r]*)\r\n[^:]*:([^\r]*)\r\n[^:]*:([^\r]*)', 'g'
    ) as m
$$;
select is(pg_temp.zone(z.name, variadic z.years), z.says, z.name) from (values
    ('Asia/Kolkata', '{2027}'::integer[], 'STAN 20270101T000000 +0530 +0530'),
    ('Australia/Lord_Howe', '{2027}', 'DAY 20270101T000000 +1100 +1100, STAN 20270404T020000 +1100 +1030, DAY 20271003T020000 +1030 +1100'),
    ('Africa/Casablanca', '{2027}', 'DAY 20270101T000000 +0100 +0100, STAN 20270207T030000 +0100 +0000, DAY 20270314T020000 +0000 +0100'),
    ('America/Sao_Paulo', '{2018,2020}',
    'DAY 20180101T000000 -0200 -0200, STAN 20180218T000000 -0200 -0300, DAY 20181104T000000 -0300 -0200, STAN 20200101T010000 -0200 -0300'),
    ('Africa/Monrovia', '{1960}', 'STAN 19600101T000000 -004430 -004430')
) as z (name, years, says);
insert into wedsync_data.timeline_items (couple_id, title, starts_at, duration_minutes) values
(tap.couple('emma'), 'Twice', '2027-10-31 00:30+00', 10), (tap.couple('emma'), 'Into', '2027-10-30 23:30+00', 120),
(tap.couple('emma'), 'Out', '2027-10-31 00:45+00', 120);
select ok(
    pg_temp.calendar('emma') ~ 'DTSTART:20271031T003000Z\r\nDTEND:20271031T004000Z\r\nSUMMARY:Twice'
    and pg_temp.calendar('emma') ~ 'DTSTART:20271030T233000Z\r\nDTEND:20271031T013000Z\r\nSUMMARY:Into'
    and pg_temp.calendar('emma') ~ 'DTSTART:20271031T004500Z\r\nDTEND:20271031T024500Z\r\nSUMMARY:Out', 'times that clocks show twice are in UTC'
);
insert into wedsync_data.timeline_items (couple_id, title, starts_at) select tap.couple('emma'), 'Year ' || y, make_timestamptz(y, 6, 1, 12, 0, 0, 'UTC')
from generate_series(2100, 2150) as y;
select ok(pg_temp.calendar('emma') !~ 'TZID', 'so are those of a calendar of too many years');
delete from wedsync_data.timeline_items where title ~ '^Year' or title in ('Twice', 'Into', 'Out');

-- people
select tap.supplier('florist', 'emma', '{basic}');
select tap.call('emma', format('select wedsync.update_core_fields(%L, %L)', tap.couple('emma'), '{"couple.partner1.email": "emma@example.org"}'));
insert into wedsync_data.vendor_assignments (couple_id, company_name, supplier_id, status, email) values
(tap.couple('emma'), 'Band', tap.firm('band'), 'booked', 'band@example.org'),
(tap.couple('emma'), 'Florist', tap.firm('florist'), 'declined', 'florist?bcc=eve@example.org');
update wedsync_data.timeline_items set supplier_ids = array[tap.firm('band'), tap.firm('florist')],
    participants = array[E'Ada "Ace"\nByron'], owner = 'Best man'
where title = 'Band';
create function pg_temp.people(who text) returns text[] language sql as $$
    select array_agg(m[1] || ' ' || replace(replace(m[2], tap.firm('band')::text, '<band>'), tap.firm('florist')::text, '<florist>') order by m[1], m[2])
    from regexp_matches(replace(pg_temp.calendar(who), E'\r\n ', ''),
        '\n(ORGANIZER|ATTENDEE);[^\r]*?((?:PARTSTAT=[A-Z-]*;)?SCHEDULE-AGENT=NONE[^\r]*)', 'g') as m
$$;
select is(
    (
        select array_agg(regexp_replace(regexp_replace(p, ';SCHEDULE-AGENT=NONE|SCHEDULE-AGENT=NONE;', ''), 'urn:uuid:[0-9a-f-]{36}', 'by id'))
        from unnest(pg_temp.people('emma')) as p
    ),
    array[
        'ATTENDEE PARTSTAT=ACCEPTED;CN="Band Ltd":mailto:band@example.org', 'ATTENDEE PARTSTAT=DECLINED;CN="Florist Ltd":urn:uuid:<florist>',
        'ATTENDEE PARTSTAT=NEEDS-ACTION;CN="Ada ^''Ace^''^nByron":by id', 'ORGANIZER CN="Emma & James; son":mailto:emma@example.org'
    ], 'who takes part, with the state of the booking; an address that could carry more is left out'
);
select is(
    (select array_agg(regexp_replace(p, '.*(PARTSTAT|ORGANIZER)', '\1') order by p) from unnest(pg_temp.people('band')) as p where p !~ 'Ada'),
    array['PARTSTAT=ACCEPTED;SCHEDULE-AGENT=NONE;CN="Band Ltd":urn:uuid:<band>', 'ORGANIZER ' || (
        select substring(p from 'SCHEDULE.*') from unnest(pg_temp.people('band')) as p where p ~ 'ORG'
    )], 'a supplier finds itself, and no other'
);
select tap.supplier('planners', 'emma', '{full}');
select isnt(
    tap.call('planners', format('select f.partner1_email from wedsync.core_fields as f where f.couple_id = %L', tap.couple('emma'))), null,
    'control: a supplier who may read addresses, which is logged'
);
select ok(pg_temp.calendar(w.who) !~ '@example', w.who || ' gets no addresses') from (values ('band'), ('florist'), ('fred'), ('planners')) as w (who);
select ok(pg_temp.calendar('emma') ~ E'\r\nCONTACT:Best man\r\n', 'who is responsible');

-- who sees what
select is(pg_temp.titles(pg_temp.calendar(w.who)), w.titles, w.who || ' has a calendar of what is to be seen')
from (values ('fred', array['Ceremony', 'Grüße an', 'Band']), ('band', array['Ceremony', 'Band'])) as w (who, titles);
select is(
    tap.error(w.who, format('select wedsync.timeline_calendar(%L)', tap.couple('emma')), w.db_role) ->> 'sqlstate', w.state, coalesce(w.who,
        w.db_role) || ' has none'
) from (values ('stranger', 'authenticated', 'PT404'), ('olivia', 'authenticated', 'PT404'), (null, 'anon', '42501')) as w (who, db_role, state);

-- secret addresses
create temporary table feeds (name text, made jsonb) on commit drop;
grant select on feeds to public;
create function pg_temp.subscribe(who text) returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.create_calendar_feed(%L)', tap.couple('emma')))::jsonb
$$;
create function pg_temp.feed(name text) returns text language sql as $$
    select tap.call(null, format('select wedsync.calendar_feed(%L)', f.made ->> 'token'), 'anon') from feeds as f where f.name = $1
$$;
create function pg_temp.refusal(name text) returns text language sql as $$
    select tap.error(null, format('select wedsync.calendar_feed(%L)', f.made ->> 'token'), 'anon') ->> 'sqlstate' from feeds as f where f.name = $1
$$;
insert into feeds select w.who, pg_temp.subscribe(w.who) from (values ('emma'), ('fred'), ('band')) as w (who);
insert into feeds values ('unknown', '{"token": "wcf_0"}');
select is(pg_temp.titles(pg_temp.feed('band')), array['Ceremony', 'Band'], 'a secret address shows what its user may see');
select ok(pg_temp.feed('emma') ~ 'CONTACT:Best man' and pg_temp.feed('emma') !~ 'ORGANIZER|ATTENDEE', 'without people, as it is published');
select is(
    tap.call(null, format(
        'select current_setting(''request.jwt.claims'') from (select wedsync.calendar_feed(%L) as calendar offset 0) as f where f.calendar is not null',
        (select f.made ->> 'token' from feeds as f where f.name = 'band')
    ), 'anon'), '', 'and leaves nobody signed in'
);
select is(
    (select count(*) from wedsync_data.calendar_feeds as d, feeds as f where d::text like '%' || (f.made ->> 'token') || '%'), 0::bigint,
        'its token is stored nowhere'
);
select is(pg_temp.refusal('unknown'), 'PT404', 'an unknown one shows nothing');
select is(
    (select array_agg(r ->> 'id') from tap.rows('fred', 'select id from wedsync.calendar_feeds') as r), array[(select f.made ->> 'id' from feeds as f
        where f.name = 'fred')],
    'everybody lists their own'
);
select is(
    tap.error('fred', format('select wedsync.revoke_calendar_feed(%L, %L)', tap.couple('emma'), (select f.made ->> 'id' from feeds as f where f.name = 'emma')))
    ->> 'sqlstate', 'PT404', 'and ends only these'
);
select tap.call('emma', format('select wedsync.revoke_calendar_feed(%L, %L)', tap.couple('emma'), (select f.made ->> 'id' from feeds as f
    where f.name = 'emma')));
select is(pg_temp.refusal('emma'), 'PT404', 'an ended one shows nothing');
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select is(pg_temp.refusal('fred'), 'PT404', 'nor does that of somebody who has left');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('band')));
select is(pg_temp.refusal('band'), 'PT404', 'nor of a supplier without access');
select is(
    tap.error('stranger', format('select wedsync.create_calendar_feed(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT404', 'strangers make none'
);
update wedsync_data.settings set value = '1' where name = 'calendar_feeds_per_user';
insert into feeds select 'again', pg_temp.subscribe('emma');
select is(
    tap.error('emma', format('select wedsync.create_calendar_feed(%L)', tap.couple('emma'))) ->> 'sqlstate', 'PT409', 'nobody has too many'
);
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'calendar-feed';
select pg_temp.feed('again');
select is(pg_temp.refusal('again'), 'PGRST', 'and each is limited');
select * from finish();
rollback;

-- proves: F004-13, F004-62
-- Timeline items: who reads and writes them, times on local clocks, rules, revisions for calendars.
begin;
select plan(68);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('standard', 'emma', '{standard}'), tap.supplier('full', 'emma', '{full}', '{full}'), tap.supplier('band', 'emma', '{basic}'),
    tap.supplier('florist', 'emma', '{wedding_basics}'), tap.supplier('stranger');
create temporary table made (name text primary key, id uuid) on commit drop;
grant select on made to public;
create function pg_temp.id(name text) returns uuid language sql as $$ select m.id from made as m where m.name = $1 $$;
create function pg_temp.add(name text, columns text, given text) returns void language sql as $$
    insert into made select name, tap.call('emma', format(
        'insert into wedsync.timeline_items (couple_id, title, %s) values (%L, %L, %s) returning id', columns, tap.couple('emma'), name, given
    ))::uuid
$$;
create function pg_temp.item(name text) returns wedsync_data.timeline_items language sql as $$
    select i from wedsync_data.timeline_items as i where i.id = pg_temp.id($1)
$$;
create function pg_temp.change(who text, name text, assignments text) returns jsonb language sql as $$
    select tap.error(who, format('update wedsync.timeline_items set %s where couple_id = %L and id = %L', assignments, tap.couple('emma'), pg_temp.id(name)))
$$;
create function pg_temp.rules(error jsonb) returns jsonb language sql as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(error #> '{detail,problems}') as p (v)
$$;
select pg_temp.add('Ceremony', 'starts_local, duration_minutes, is_key_moment, rigidity, category, internal_note',
    $$'2027-06-12T14:00', 30, true, 'fixed', 'ceremony', 'Uncle Ugo faints'$$);
select pg_temp.add('Dancing', 'starts_at, ends_at, supplier_ids', format($$'2027-06-12 20:00+00', '2027-06-13 00:30+00', array[%L]::uuid[]$$,
    tap.firm('band')));
select pg_temp.add('Photos', 'starts_at, depends_on, supplier_ids', format(
    $$'2027-06-12 14:00+00', array[%L]::uuid[], array[%L, %L]::uuid[]$$, pg_temp.id('Ceremony'), tap.firm('florist'), tap.firm('full')
));

-- who reads what
create function pg_temp.seen(who text, view_name text, db_role text default 'authenticated') returns text language sql as $$
    select string_agg(r ->> 'title', ' ' order by r ->> 'starts_at', r ->> 'title')
    from tap.rows(who, format('select title, starts_at from wedsync.%s where couple_id = %L', view_name, tap.couple('emma')), db_role) as r
$$;
select is(pg_temp.seen(w.who, 'timeline_items', coalesce(w.db_role, 'authenticated')), w.whole, coalesce(w.who, w.db_role) || ' reads all items, or none')
from (values ('emma', 'Ceremony Photos Dancing', null), ('paula', 'Ceremony Photos Dancing', null), ('standard', 'Ceremony Photos Dancing', null),
    ('full', 'Ceremony Photos Dancing', null), (null, 'Ceremony Photos Dancing', 'service_role'), ('fred', null, null), ('frank', null, null), ('band', null,
        null),
    ('florist', null, null), ('stranger', null, null), ('olivia', null, null)) as w (who, whole, db_role);
select is(pg_temp.seen(w.who, 'my_timeline', coalesce(w.db_role, 'authenticated')), w.part, coalesce(w.who, w.db_role) || ' reads a part')
from (values ('emma', 'Ceremony Photos Dancing', null), ('paula', 'Ceremony Photos Dancing', null), ('standard', 'Ceremony Photos Dancing', null),
    (null, 'Ceremony Photos Dancing', 'service_role'), ('fred', 'Ceremony Photos Dancing', null), ('frank', null, null), ('band', 'Ceremony Dancing', null),
    ('florist', 'Photos', null), ('stranger', null, null), ('olivia', null, null)) as w (who, part, db_role);
select is(tap.error(null, 'select * from wedsync.' || v.name, 'anon') ->> 'sqlstate', '42501', v.name || ' shows nobody without a sign-in anything')
from (values ('timeline_items'), ('my_timeline'), ('timeline_proposals')) as v (name);
select is(
    (
        select array_agg(r ->> 'internal_note') from tap.rows(
            w.who, format('select internal_note from wedsync.timeline_items where id = %L', pg_temp.id('Ceremony'))
        ) as r
    ), array[w.note], 'internal notes are for couple and planner: ' || w.who
) from (values ('emma', 'Uncle Ugo faints'), ('paula', 'Uncle Ugo faints'), ('standard', null), ('full', null)) as w (who, note);
select is(
    tap.error('emma', format('select wedsync.grant_access(%L, %L, ''{timeline_internal}'')', tap.couple('emma'), tap.firm('standard'))) ->> 'sqlstate', 'PT422',
    'no supplier can be granted them'
);
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{everything}'')', tap.couple('emma'), tap.firm('standard')));
select is(
    (select r ->> 'internal_note' from tap.rows('standard', format('select internal_note from wedsync.timeline_items where id = %L',
        pg_temp.id('Ceremony'))) as r),
    null, 'nor with everything else'
);
select is(
    (
        select jsonb_build_object('suppliers', r -> 'supplier_ids', 'needs', r -> 'depends_on')
        from tap.rows('florist', 'select supplier_ids, depends_on from wedsync.my_timeline') as r
    ), jsonb_build_object('suppliers', array[tap.firm('florist')], 'needs', '[]'::jsonb), 'who sees a part sees no others in it'
);
select set_config('wedsync.views_read', '', true);
select count(*) from tap.rows('florist', 'select * from wedsync.my_timeline');
select is(
    (select array_agg(distinct l.action) from wedsync_data.access_log as l where l.supplier_id = tap.firm('florist')), array['timeline_items'],
        'reads of suppliers are logged'
);

-- who writes
select is(pg_temp.change('paula', 'Ceremony', 'internal_note = ''And Aunt Ada'''), null, 'a planner writes, notes too');
select is(pg_temp.change('full', 'Photos', 'cue = ''After the kiss'''), null, 'so does a supplier that may');
select is(pg_temp.change('standard', 'Photos', 'cue = ''x''') ->> 'sqlstate', '42501', 'and none that may not');
select pg_temp.change('band', 'Dancing', 'cue = ''x''');
select is((pg_temp.item('Dancing')).cue, null, 'nor one that does not see the item there');
select is(
    tap.error('fred', format('insert into wedsync.timeline_items (couple_id, title, starts_at) values (%L, ''x'', now())', tap.couple('emma'))) ->> 'sqlstate',
    '42501', 'nor family'
);

-- times
select is((pg_temp.item('Ceremony')).starts_at, '2027-06-12 13:00+00', 'local time in the zone of the wedding');
select is((pg_temp.item('Dancing')).duration_minutes, 270, 'past midnight');
select is((pg_temp.item('Photos')).starts_local, '2027-06-12T15:00', 'and back');
select pg_temp.change('emma', 'Dancing', 'duration_minutes = 60');
select is((pg_temp.item('Dancing')).ends_at, '2027-06-12 21:00+00', 'the end follows the length');
select pg_temp.change('emma', 'Dancing', 'starts_at = ''2027-06-12 19:00+00''');
select is((pg_temp.item('Dancing')).ends_at, '2027-06-12 20:00+00', 'and the start');
select pg_temp.change('emma', 'Dancing', 'time_zone = ''America/New_York''');
select is((pg_temp.item('Dancing')).starts_at, '2027-06-13 00:00+00', 'with another zone the clocks stay, the moment moves');
select is(
    pg_temp.rules(pg_temp.change('emma', 'Dancing', 'starts_local = ''2027-03-14T02:30''')), '{"timeline.items.starts_local": "time_skipped_by_the_clocks"}',
    'a time that is skipped in New York that night is none'
);
select pg_temp.change('emma', 'Dancing', 'starts_local = ''2027-11-07T01:30'', duration_minutes = 120');
select is(
    (select jsonb_build_object('start', i.starts_at at time zone 'UTC', 'end', i.ends_at at time zone 'UTC') from pg_temp.item('Dancing') as i),
    '{"start": "2027-11-07T05:30:00", "end": "2027-11-07T07:30:00"}', 'of two equal times the first; two hours are two hours'
);
select pg_temp.change('emma', 'Dancing', 'starts_at = ''2027-11-07 06:30+00''');
select is((pg_temp.item('Dancing')).starts_local, '2027-11-07T01:30', 'the second is named by its moment');
select pg_temp.change('emma', 'Dancing', 'time_zone = ''Europe/London'', starts_local = ''2027-10-30T23:30'', duration_minutes = 240');
select is((pg_temp.item('Dancing')).ends_at at time zone 'Europe/London', '2027-10-31 02:30', 'four hours across the night on which clocks go back');
select is(
    pg_temp.rules(pg_temp.change('emma', 'Dancing', 'starts_local = ''2027-03-28T01:15''')), '{"timeline.items.starts_local": "time_skipped_by_the_clocks"}',
    'nor does London have this one'
);

-- rules
select is(
    pg_temp.rules(pg_temp.change('emma', 'Photos', $$title = ' ', category = 'x', rigidity = 'x', status = 'x', starts_local = '2027-02-30T10:00'$$)),
    '{"timeline.items.title": "not_blank", "timeline.items.status": "timeline_status", "timeline.items.category": "timeline_category",
    "timeline.items.rigidity": "timeline_rigidity", "timeline.items.starts_local": "time_skipped_by_the_clocks"}', 'values are known ones'
);
select is(
    pg_temp.rules(pg_temp.change('emma', 'Photos', $$rigidity = 'compressible'$$)),
    '{"timeline.items.min_minutes": "required", "timeline.items.duration_minutes": "required"}', 'what may shrink says how far'
);
select is(
    pg_temp.rules(pg_temp.change('emma', 'Photos', $$rigidity = 'buffer', duration_minutes = 20, min_minutes = 30$$)),
    '{"timeline.items.min_minutes": "at_most_the_duration"}', 'not longer than it is'
);
select is(
    pg_temp.rules(tap.error('emma', format('insert into wedsync.timeline_items (couple_id, title) values (%L, ''Sometime'')', tap.couple('emma')))),
    '{"timeline.items.starts_at": "required"}', 'an item has a start'
);
select is(
    pg_temp.rules(pg_temp.change('emma', 'Photos', format('supplier_ids = array[%L]::uuid[]', tap.firm('stranger')))),
    '{"timeline.items.supplier_ids": "suppliers_of_the_wedding"}', 'suppliers are those of the wedding'
);
select is(
    pg_temp.rules(pg_temp.change('emma', 'Ceremony', format('depends_on = array[%L]::uuid[]', tap.id('nothing')))),
    '{"timeline.items.depends_on": "known_timeline_items"}', 'dependencies are items'
);
select is(
    pg_temp.rules(pg_temp.change('emma', 'Ceremony', format('depends_on = array[%L]::uuid[]', pg_temp.id('Ceremony')))),
        '{"timeline.items.depends_on": "no_cycle"}',
    'nothing depends on itself'
);
select pg_temp.change('emma', 'Dancing', format('depends_on = array[%L]::uuid[]', pg_temp.id('Photos')));
select is(
    pg_temp.rules(pg_temp.change('emma', 'Ceremony', format('depends_on = array[%L]::uuid[]', pg_temp.id('Dancing')))),
        '{"timeline.items.depends_on": "no_cycle"}',
    'nor through others'
);
select is(
    pg_temp.rules(pg_temp.change('emma', 'Photos', t.assignments)), t.rules, 'refused: ' || t.assignments
) from (values
    ($$ends_at = '9999-12-31'$$, '{"timeline.items.duration_minutes": "between_0_and_20160"}'::jsonb),
    ($$starts_at = '9999-12-31', ends_at = '0001-01-01'$$, '{"timeline.items.duration_minutes": "between_0_and_20160"}'),
    ($$starts_at = '0044-03-15 12:00+00 BC', duration_minutes = null$$, '{"timeline.items.starts_at": "timestamp"}'),
    ($$starts_local = '2027-06-12T24:00'$$, '{"timeline.items.starts_local": "local_time_as_YYYY-MM-DDTHH:MM"}')
) as t (assignments, rules);
select tap.call('emma', format('select wedsync.delete_timeline_items(%L, %L)', tap.couple('emma'), array[pg_temp.id('Photos')]));
select is((pg_temp.item('Dancing')).depends_on, '{}', 'what is deleted is waited for no more');
select pg_temp.change('emma', 'Ceremony', 'is_locked = true');
select is(
    pg_temp.rules(pg_temp.change('emma', 'Ceremony', 'starts_local = ''2027-06-12T15:00''')), '{"timeline.items.is_locked": "locked_item"}', 'locked times stay'
);
select is(pg_temp.change('emma', 'Ceremony', 'starts_local = ''2027-06-12T15:00'', is_locked = false'), null, 'until they are unlocked');

-- revisions, and the day itself
create function pg_temp.revision() returns integer language sql as $$ select (pg_temp.item('Ceremony')).sequence $$;
create temporary table before on commit drop as select pg_temp.revision() as sequence, (pg_temp.item('Ceremony')).uid;
select pg_temp.change('emma', 'Ceremony', 'internal_note = ''x'', is_key_moment = false, actual_start = now()');
select is(pg_temp.revision(), (select b.sequence from before as b), 'what calendars do not show is no revision');
select pg_temp.change('emma', 'Ceremony', 'location = ''Chapel''');
select is(pg_temp.revision(), (select b.sequence + 1 from before as b), 'what they show is');
select is(
    pg_temp.change('emma', 'Ceremony', 'uid = ''x'', sequence = 99') #> '{detail,unauthorized_fields}', '["sequence", "uid"]', 'nobody writes them'
);
select pg_temp.change('emma', 'Ceremony', 'actual_start = null');
select pg_temp.change('emma', 'Ceremony', 'status = ''done''');
select is(
    (select array[i.actual_start is not null, i.actual_end is not null, i.uid = b.uid] from pg_temp.item('Ceremony') as i, before as b), array[true, true,
        true],
    'what is done has its times'
);
select is(
    (select e.event_type || ' ' || e.table_name from wedsync_data.events as e where e.couple_id = tap.couple('emma') order by e.seq desc limit 1),
    'timeline_update timeline_items', 'changes are events'
);
select * from finish();
rollback;

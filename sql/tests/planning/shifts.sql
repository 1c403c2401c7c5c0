-- proves: C-60, F004-62
-- A delay passes on: buffers absorb it first, compressible items after approval, fixed items never move.
begin;
select plan(57);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier('full', 'emma', '{full}', '{full}'), tap.supplier('standard', 'emma', '{standard}'), tap.supplier('band', 'emma', '{basic}');
create function pg_temp.at(clock text) returns timestamptz language sql as $$ select ('2027-06-' || $1)::timestamp at time zone 'Europe/London' $$;
create function pg_temp.id(name text) returns uuid language sql as $$
    select i.id from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma') and i.title = $1
$$;
-- 'name clock minutes rigidity [minimum]', one for each item
create function pg_temp.timeline(items text[]) returns void language sql as $$
    delete from wedsync_data.timeline_items where couple_id = tap.couple('emma');
    insert into wedsync_data.timeline_items (couple_id, title, starts_at, duration_minutes, rigidity, min_minutes)
    select tap.couple('emma'), w.w[1], pg_temp.at(replace(w.w[2], '/', ' ')), nullif(w.w[3], '-')::integer, w.w[4], w.w[5]::integer
    from unnest(items) as u (item) cross join lateral string_to_array(u.item, ' ') as w (w);
$$;
create function pg_temp.shift(name text, minutes integer, mode text default 'preview', more text default '', who text default 'emma')
returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.shift_timeline(%L, %L, %s, %L%s)', tap.couple('emma'), pg_temp.id(name), minutes, mode, more))::jsonb
$$;
create function pg_temp.shift_error(name text, minutes integer, mode text default 'preview', who text default 'emma') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.shift_timeline(%L, %L, %s, %L)', tap.couple('emma'), pg_temp.id(name), minutes, mode))
$$;
-- what happens: name, by how many minutes, and how long it then is
create function pg_temp.told(plan jsonb) returns text language sql as $$
    select coalesce(string_agg(concat_ws(' ', c.v ->> 'title', c.v ->> 'moved_minutes', '(' || (c.v ->> 'new_duration_minutes') || ')'),
        ', ' order by c.v ->> 'starts_at', c.v ->> 'title'), '-')
        || coalesce((select ' !' || string_agg(p.v ->> 'kind' || ' ' || (p.v ->> 'minutes'), ', ') from jsonb_array_elements(plan -> 'problems') as p (v)), '')
        || case when plan -> 'needs_approval' = 'true' then ' ?' else '' end
    from jsonb_array_elements(plan -> 'changes') as c (v)
$$;
create function pg_temp.stands() returns text language sql as $$
    select string_agg(format('%s %s+%s', i.title, to_char(i.starts_at at time zone 'Europe/London', 'DD/HH24:MI'), i.duration_minutes),
        ', ' order by i.starts_at, i.title)
    from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma')
$$;

-- buffers, compressible and fixed items
select pg_temp.timeline(array[
    'Hair 12/10:00 60 movable', 'Photos 12/11:00 60 compressible 40', 'Pause 12/12:00 30 buffer 10', 'Ceremony 12/12:30 30 fixed', 'Drinks 12/13:00 60 movable'
]);
select is(pg_temp.told(pg_temp.shift('Hair', 20)), 'Hair 20 (60), Photos 20 (60), Pause 20 (10)', 'a buffer absorbs a small delay, and nothing is compressed');
select is(pg_temp.told(pg_temp.shift('Hair', 30)), 'Hair 30 (60), Photos 30 (50), Pause 20 (10) ?',
    'what is left over is taken from what may shrink, on approval');
select is(
    pg_temp.told(pg_temp.shift('Hair', 50)), 'Hair 50 (60), Photos 50 (40), Pause 30 (10) !reaches_fixed_item 10 ?', 'the rest would reach into the ceremony'
);
select is((pg_temp.shift('Hair', 50) -> 'left_over_minutes')::integer, 10, 'by so many minutes');
select is(
    pg_temp.told(pg_temp.shift('Hair', 30, 'preview', ', false')), 'Hair 30 (60), Photos 30 (60), Pause 30 (10) !reaches_fixed_item 10',
    'without compressing, items keep their length'
);
select is(pg_temp.stands(), 'Hair 12/10:00+60, Photos 12/11:00+60, Pause 12/12:00+30, Ceremony 12/12:30+30, Drinks 12/13:00+60', 'a preview changes nothing');
select is(pg_temp.shift_error('Hair', 30, 'apply') ->> 'sqlstate', 'PT409', 'compressing is not applied without approval');
select is((pg_temp.shift('Hair', 20, 'apply') ->> 'mode'), 'apply', 'what needs none is');
select is(pg_temp.stands(), 'Hair 12/10:20+60, Photos 12/11:20+60, Pause 12/12:20+10, Ceremony 12/12:30+30, Drinks 12/13:00+60', 'as shown');
select is(
    (select array_agg(distinct e.event_type) from wedsync_data.events as e where e.couple_id = tap.couple('emma') and e.op = 'UPDATE'),
        array['timeline_update'],
    'as events'
);
select is(
    (select count(distinct l.version_after) from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.change_type = 'update'), 1::bigint,
    'of one version'
);
select is(pg_temp.shift_error('Ceremony', 5) ->> 'sqlstate', 'PT409', 'a fixed item is not shifted itself');
select is(pg_temp.told(pg_temp.shift('Drinks', 30)), 'Drinks 30 (60)', 'what comes before stays');
select tap.run('emma', format('update wedsync.timeline_items set is_locked = true where id = %L', pg_temp.id('Pause')));
select is(pg_temp.told(pg_temp.shift('Photos', 5, 'preview', ', false')), 'Photos 5 (60) !reaches_fixed_item 5', 'a locked item stays');
select tap.run('emma', format('update wedsync.timeline_items set is_locked = false, status = ''running'' where id = %L', pg_temp.id('Pause')));
select is(pg_temp.told(pg_temp.shift('Photos', 5, 'preview', ', false')), 'Photos 5 (60) !reaches_fixed_item 5', 'so does what has begun');
select is(pg_temp.shift_error('Pause', 5) ->> 'sqlstate', 'PT409', 'it is not shifted either');
select tap.run('emma', format('update wedsync.timeline_items set status = ''skipped'' where id = %L', pg_temp.id('Pause')));
select is(pg_temp.told(pg_temp.shift('Photos', 5, 'preview', ', false')), 'Photos 5 (60)', 'what is skipped is in nobody''s way: ten minutes remain');

-- gaps, equal starts, what runs beside
select pg_temp.timeline(array['Hair 12/10:00 60 movable', 'Travel 12/11:20 20 movable', 'Lunch 12/12:00 - movable', 'Brunch 13/11:00 60 movable']);
select is(pg_temp.told(pg_temp.shift('Hair', 30)), 'Hair 30 (60), Travel 30 (20), Lunch 30', 'gaps stay, a night ends the delay');
select is(pg_temp.told(pg_temp.shift('Brunch', 30)), 'Brunch 30 (60)', 'the next day is shifted for itself');
select pg_temp.timeline(array['Party 12/20:00 300 movable', 'Bus 13/01:00 30 movable', 'Talk 13/05:31 10 movable', 'Sleep 13/05:30 10 movable']);
select is(pg_temp.told(pg_temp.shift('Party', 45)), 'Party 45 (300), Bus 45 (30), Sleep 45 (10)',
    'past midnight; a pause of four hours passes the delay on, of a minute more not');
select is(pg_temp.told(pg_temp.shift('Bus', 242)), 'Bus 242 (30), Sleep 242 (10), Talk 1 (10)', 'unless it is not enough');
select pg_temp.timeline(array['Bride 12/10:00 60 movable', 'Groom 12/10:00 90 movable', 'Walk 12/11:00 20 movable', 'Toast 12/11:30 10 movable']);
select is(pg_temp.told(pg_temp.shift('Bride', 15)), 'Bride 15 (60), Walk 15 (20), Toast 15 (10)', 'what starts at the same time is not late with it');
select is(pg_temp.told(pg_temp.shift('Groom', 15)), 'Groom 15 (90), Toast 15 (10)', 'what runs beside does not wait for it');
select pg_temp.timeline(array['Bride 12/10:00 60 movable', 'Pause 12/11:00 30 buffer', 'Groom 12/11:00 30 movable', 'Walk 12/11:30 20 movable']);
select is(pg_temp.told(pg_temp.shift('Bride', 15)), 'Bride 15 (60), Groom 15 (30), Pause 15 (15), Walk 15 (20)',
    'a buffer beside something else does not hold it up');
select pg_temp.timeline(array['Cake 12/09:00 30 movable', 'Show 12/16:00 30 movable']);
update wedsync_data.timeline_items set depends_on = array[pg_temp.id('Cake')] where id = pg_temp.id('Show');
select is(pg_temp.told(pg_temp.shift('Cake', 60)), 'Cake 60 (30)', 'what depends on it has time enough');
select is(pg_temp.told(pg_temp.shift('Cake', 400)), 'Cake 400 (30), Show 10 (30)', 'and moves no further than it must');
-- what depends on something that overlaps it
select pg_temp.timeline(array['Hair 12/10:00 60 movable', 'Veil 12/10:50 20 movable']);
update wedsync_data.timeline_items set depends_on = array[pg_temp.id('Hair')] where id = pg_temp.id('Veil');
select is(pg_temp.told(pg_temp.shift('Hair', 10)), 'Hair 10 (60), Veil 10 (20)', 'an overlap of its dependency stays as it is');

-- earlier
select pg_temp.timeline(array['Hair 12/10:00 60 movable', 'Photos 12/11:00 60 movable', 'Pause 12/12:00 30 buffer', 'Drinks 12/12:30 60 movable']);
select is(pg_temp.told(pg_temp.shift('Photos', -15)), 'Photos -15 (60), Pause -15 (45) !starts_before_end 15',
    'earlier, a buffer grows, and what is before is told');
select is(pg_temp.told(pg_temp.shift('Drinks', -15, 'preview', ', false')), 'Drinks -15 (60) !starts_before_end 15', 'down to what comes before');

-- clocks go back in the night
select pg_temp.timeline(array[]::text[]);
insert into wedsync_data.timeline_items (couple_id, title, starts_local, time_zone, duration_minutes)
values (tap.couple('emma'), 'Party', '2027-10-30T23:00', 'Europe/London', 120), (tap.couple('emma'), 'Bus', '2027-10-31T01:00', 'Europe/London', 30);
select pg_temp.shift('Party', 75, 'apply');
select is(
    (select array_agg(i.title || ' ' || i.starts_local || ' ' || to_char(i.starts_at at time zone 'UTC', 'HH24:MI') order by i.starts_at)
    from wedsync_data.timeline_items as i where i.couple_id = tap.couple('emma')),
    array['Party 2027-10-31T00:15 23:15', 'Bus 2027-10-31T01:15 01:15'], '75 minutes later the clocks show a quarter of an hour more'
);
-- two zones
update wedsync_data.timeline_items set time_zone = 'Europe/Paris' where id = pg_temp.id('Bus');
select is((select i.starts_at from wedsync_data.timeline_items as i where i.id = pg_temp.id('Bus')), '2027-10-30 23:15+00', 'in Paris it is another moment');
update wedsync_data.timeline_items set starts_at = '2027-10-31 01:15+00' where id = pg_temp.id('Bus');
select is(pg_temp.told(pg_temp.shift('Party', 10)), 'Party 10 (120), Bus 10 (30)', 'items of two zones follow each other by their moments');

-- proposals
select pg_temp.timeline(array['Hair 12/10:00 60 movable', 'Photos 12/11:00 60 compressible 40', 'Ceremony 12/12:00 30 fixed']);
update wedsync_data.timeline_items set supplier_ids = array[tap.firm('band')] where id = pg_temp.id('Hair');
create temporary table proposals (name text, id uuid) on commit drop;
grant select on proposals to public;
insert into proposals select 'band', (pg_temp.shift('Hair', 20, 'propose', ', note => ''Traffic''', 'band') ->> 'proposal_id')::uuid;
create function pg_temp.decide(name text, approve boolean, who text default 'paula') returns text language sql as $$
    select coalesce(tap.error(who, format('select wedsync.decide_timeline_shift(%L, %L, %L)', tap.couple('emma'), p.id, approve)) ->> 'sqlstate', 'done')
    from proposals as p where p.name = $1
$$;
select is(pg_temp.told(pg_temp.shift('Hair', 20, 'preview', '', 'band')), 'Hair 20 (60) ?', 'a supplier that takes part proposes, and sees what it may see');
select is(
    (select array_agg(n.changes ->> 'item' || ' ' || (n.changes ->> 'minutes') order by n.user_id) from wedsync_data.notifications as n
    where n.kind = 'timeline_change_proposed' and n.user_id in (tap.id('emma'), tap.id('paula'))), array['Hair 20', 'Hair 20'], 'partners and planners are told'
);
select is(
    (select array_agg(r ->> 'note') from tap.rows('paula', 'select note from wedsync.timeline_proposals') as r), array['Traffic'], 'and see the proposal'
);
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.timeline_proposals')), 0::bigint, w.who || ' does not')
from (values ('band'), ('full'), ('fred')) as w (who);
select is(pg_temp.decide('band', true, w.who), w.answer, w.who || ' decides nothing')
from (values ('band', 'PT404'), ('full', 'PT404'), ('fred', 'PT404'), ('olivia', 'PT404')) as w (who, answer);
select is(pg_temp.decide('band', true), 'done', 'a planner approves');
select is(pg_temp.stands(), 'Hair 12/10:20+60, Photos 12/11:20+40, Ceremony 12/12:00+30', 'and it is done as proposed');
select is(
    (select array_agg(n.changes ->> 'summary' order by n.created_at) from wedsync_data.notifications as n
        where n.kind = 'timeline_changed' and n.supplier_id = tap.firm('band')),
    array['Hair: 2027-06-12 10:00', 'Hair: 2027-06-12 10:00 → 2027-06-12 10:20'], 'suppliers are told of their items'
);
select is(pg_temp.decide('band', false), 'PT409', 'once');
insert into proposals select 'outdated', (pg_temp.shift('Hair', 10, 'propose') ->> 'proposal_id')::uuid;
select tap.run('emma', format('update wedsync.timeline_items set duration_minutes = 50 where id = %L', pg_temp.id('Hair')));
select is(pg_temp.decide('outdated', true, 'emma'), 'PT409', 'what has changed in between is not approved unseen');
select is(pg_temp.decide('outdated', false, 'emma'), 'done', 'but rejected');
select is((select array_agg(p.status order by p.status) from wedsync_data.timeline_proposals as p), array['approved', 'rejected'], 'both are kept');

-- refused
select is(pg_temp.shift_error('Hair', s.minutes, s.mode, s.who) ->> 'sqlstate', s.answer, format('%s: %s by %s', s.who, s.mode, s.minutes))
from (values
    ('standard', 5, 'propose', '42501'), ('standard', 5, 'apply', '42501'), ('band', 5, 'apply', '42501'), ('fred', 5, 'propose', '42501'),
    ('olivia', 5, 'preview', 'PT404'), ('emma', 0, 'preview', '22023'), ('emma', 10081, 'preview', '22023'), ('emma', 5, 'perhaps', '22023')
) as s (who, minutes, mode, answer);
select * from finish();
rollback;

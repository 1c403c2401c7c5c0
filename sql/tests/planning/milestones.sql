-- proves: F004-67, F004-72
-- Milestones: planned and actual, progress, and a notice when one is reached.
begin;
select plan(25);
select tap.wedding('emma');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('standard', 'emma', '{standard}'), tap.supplier('basic', 'emma', '{basic}'), tap.supplier('stranger');
create function pg_temp.call(who text, call text, name text default null) returns jsonb language sql as $$
    select coalesce(
        tap.error(who, format('select wedsync.' || call, tap.couple('emma'), tap.id(name))), tap.call(who, format('select wedsync.' || call,
            tap.couple('emma'), tap.id(name)))::jsonb
    )
$$;
select is(tap.error('emma', format(
    'insert into wedsync.milestones (couple_id, id, title, planned_at, is_celebrated) values (%1$L, %2$L, ''Venue booked'', now() - interval ''2 days'', true),
    (%1$L, %3$L, ''Tasting'', now() + interval ''9 days'', false), (%1$L, %4$L, ''Rings'', now() - interval ''1 day'', true)',
    tap.couple('emma'), tap.id('venue'), tap.id('tasting'), tap.id('rings')
)), null, 'milestones are planned');
select is(tap.error('emma', format('insert into wedsync.milestones (couple_id, title) values (%L, '' '')', tap.couple('emma')))
    #>> '{detail,problems,0,rule}', 'not_blank', 'with titles');
select is(tap.error('emma', 'update wedsync.milestones set status = ''reached''') #>> '{detail,unauthorized_fields,0}', 'status',
    'the status is not written past the function');
select is((select count(*) from tap.rows(w.who, 'select * from wedsync.milestones')), w.n, w.who || ' reads milestones')
from (values ('emma', 3::bigint), ('paula', 3), ('fred', 3), ('frank', 0), ('standard', 3), ('basic', 0), ('stranger', 0)) as w (who, n);
select is(pg_temp.call(w.who, 'reach_milestone(%L, %L)', 'venue') ->> 'sqlstate', w.state, w.who || ' may not reach one')
from (values ('fred', '42501'), ('standard', '42501'), ('frank', 'PT404'), ('basic', 'PT404'), ('stranger', 'PT404')) as w (who, state);
select is(pg_temp.call('paula', 'reach_milestone(%L, %L)', 'venue') ->> 'status', 'reached', 'a planner does');
select is(
    (select array_agg(u.name order by u.name) from wedsync_data.notifications as n join unnest('{emma,paula,fred,frank}'::text[]) as u (name)
        on tap.id(u.name) = n.user_id where n.kind = 'milestone_reached'), '{emma,fred}', 'and those who read milestones are told to celebrate'
);
select pg_temp.call('paula', 'reach_milestone(%L, %L, now() - interval ''1 hour'')', 'venue'), pg_temp.call('emma', 'reach_milestone(%L, %L)', 'tasting');
select is((select count(*) from wedsync_data.notifications as n where n.kind = 'milestone_reached'), 2::bigint,
    'not again for a corrected time, nor for what is not celebrated');
select is(pg_temp.call('emma', 'reach_milestone(%L, %L, ''infinity'')', 'rings') #>> '{detail,parameter}', 'at', 'nothing is reached in the future');
select is(
    pg_temp.call('emma', 'milestone_progress(%L)') #- '{next,planned_at}',
    jsonb_build_object('total', 3, 'reached', 2, 'percent', 67, 'late', 1, 'overdue', 1, 'next', jsonb_build_object('milestone_id', tap.id('rings'),
        'title', 'Rings')),
    'the progress'
);
select is(pg_temp.call('paula', 'reopen_milestone(%L, %L)', 'venue') ->> 'status', 'planned', 'a milestone is opened again');
select is(pg_temp.call(w.who, 'milestone_progress(%L)') ->> 'sqlstate', 'PT404', 'no progress for ' || w.who) from (values ('frank'), ('basic'),
    ('stranger')) as w (who);
select is(
    (select string_agg(e.event_type || ' ' || (e.record ->> 'status'), ', ' order by e.seq) from wedsync_data.events as e
        where e.couple_id = tap.couple('emma') and e.table_name = 'milestones' and e.op = 'UPDATE' and e.record ->> 'id' = tap.id('tasting')::text),
    'milestone_update reached', 'each is an event'
);
select * from finish();
rollback;

-- proves: F001-06, F004-19, F004-64
-- Tasks: who reads and writes them, due dates, assigning, answering.
begin;
select plan(52);
select tap.wedding('emma');
select tap.admit('emma', m.name, m.role) from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('granted', 'emma', '{tasks}'), tap.supplier('full', 'emma', '{full}'), tap.supplier('other', 'emma', '{basic}'), tap.supplier('stranger');
create function pg_temp.task(who text, columns text, given text) returns uuid language sql as $$
    select tap.call(who, format('insert into wedsync.tasks (couple_id, %s) values (%L, %s) returning id', columns, tap.couple('emma'), given))::uuid
$$;
create temporary table made (name text primary key, id uuid) on commit drop;
grant select on made to public;
create function pg_temp.id(name text) returns uuid language sql as $$ select m.id from made as m where m.name = $1 $$;
create function pg_temp.call(who text, function text, more text default '') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.%s(%L, %L%s)', function, tap.couple('emma'), pg_temp.id('cake'), more))::jsonb
$$;
create function pg_temp.error(who text, function text, more text default '', role_name text default 'authenticated') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.%s(%L, %L%s)', function, tap.couple('emma'), pg_temp.id('cake'), more), role_name)
$$;
create function pg_temp.cake() returns wedsync_data.tasks language sql as $$ select t from wedsync_data.tasks as t where t.id = pg_temp.id('cake') $$;
insert into made select 'cake', pg_temp.task('paula', 'title, notes, due_on', $$'Order the cake', 'Three tiers', '2027-03-01'$$);

-- reading and writing
select is(
    (select count(*) from tap.rows(w.who, 'select * from wedsync.tasks', coalesce(w.db_role, 'authenticated'))), w.n, coalesce(w.who,
        w.db_role) || ' reads tasks'
) from (values ('emma', 1::bigint, null), ('paula', 1, null), ('granted', 1, null), ('full', 1, null), ('fred', 0, null), ('frank', 0, null), ('other', 0,
    null),
    ('stranger', 0, null), (null, 1, 'service_role')) as w (who, n, db_role);
select is(tap.error(null, 'select * from wedsync.tasks', 'anon') ->> 'sqlstate', '42501', 'nobody signed in reads none');
select is(
    tap.error(w.who, format('insert into wedsync.tasks (couple_id, title) values (%L, ''x'')', tap.couple('emma'))) ->> 'sqlstate', w.state,
    w.who || ' adds no tasks'
) from (values ('granted', '42501'), ('full', '42501'), ('fred', '42501'), ('frank', '42501'), ('stranger', 'PT404')) as w (who, state);
create function pg_temp.rules(statement text) returns jsonb language sql as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(tap.error('emma', statement) #> '{detail,problems}') as p (v)
$$;
select is(
    pg_temp.rules(format('insert into wedsync.tasks (couple_id, title, priority) values (%L, '' '', ''urgent'')', tap.couple('emma'))),
    '{"tasks.title": "not_blank", "tasks.priority": "low_normal_or_high"}', 'a task has a title and a known priority'
);
select is(
    tap.error(null, format('update wedsync.tasks set %s where couple_id = %L', s.assignments, tap.couple('emma')), 'service_role')
        #>> '{detail,problems,0,rule}', s.rule, 'nor do servers store: ' || s.rule
) from (values ($$status = 'lost'$$, 'one_of_open_accepted_declined_done_cancelled'),
    (format('assignee_user = %L, assignee_supplier = %L', tap.id('fred'), tap.firm('full')), 'one_assignee'),
    ($$due_at = '294276-12-31 23:59+00', time_zone = 'Pacific/Kiritimati'$$, 'timestamp')
) as s (assignments, rule);
select is(
    tap.error('emma', format('update wedsync.tasks set status = ''done'' where couple_id = %L', tap.couple('emma'))) #> '{detail,unauthorized_fields}',
    '["status"]', 'nobody answers for others by writing the status'
);
select is(
    (select jsonb_build_object('zone', t.time_zone, 'at', t.due_at, 'status', t.status, 'priority', t.priority) from pg_temp.cake() as t),
    '{"zone": "Europe/London", "at": null, "status": "open", "priority": "normal"}', 'the zone of the wedding and other defaults'
);
select tap.run('emma', format('update wedsync.tasks set due_at = ''2027-03-28 23:30+00'' where id = %L', pg_temp.id('cake')));
select is((pg_temp.cake()).due_on, '2027-03-29'::date, 'the day follows the moment: British summer time began that morning');
select tap.run('emma', format('update wedsync.tasks set due_on = ''2027-04-02'' where id = %L', pg_temp.id('cake')));
select is((pg_temp.cake()).due_at, null, 'a new day alone clears the moment');

-- assigning and answering
select is(pg_temp.error('fred', 'assign_task') ->> 'sqlstate', 'PT404', 'who cannot see the task is told nothing of it');
select is(pg_temp.error('granted', 'assign_task') ->> 'sqlstate', '42501', 'who only reads it assigns nobody');
select is(
    pg_temp.error('emma', 'assign_task', format(', user_id => %L', tap.id('stranger'))) #>> '{detail,parameter}', 'user_id', 'an assignee is a member'
);
select is(
    pg_temp.error('emma', 'assign_task', format(', supplier_id => %L', tap.firm('stranger'))) #>> '{detail,parameter}', 'supplier_id',
        'or a supplier with access'
);
select is(
    pg_temp.error('emma', 'assign_task', format(', user_id => %L, supplier_id => %L', tap.id('fred'), tap.firm('full'))) ->> 'sqlstate', '22023', 'only one'
);
select is(pg_temp.call('paula', 'assign_task', format(', user_id => %L', tap.id('frank'))) ->> 'status', 'open', 'a friend is asked');
select is(
    (select array_agg(n.kind || ' ' || (n.changes ->> 'due')) from wedsync_data.notifications as n where n.user_id = tap.id('frank')),
    array['task_assigned 2027-04-02'], 'and told so'
);
select is(
    (select array_agg(r ->> 'title') from tap.rows('frank', 'select * from wedsync.my_tasks') as r), array['Order the cake'],
    'the assignee sees the task, without the right to read tasks'
);
select is((select count(*) from tap.rows('fred', 'select * from wedsync.my_tasks')), 0::bigint, 'and nobody else');
select is(pg_temp.error('fred', 'accept_task') ->> 'sqlstate', 'PT404', 'another relative does not answer');
select is(pg_temp.error('emma', 'accept_task') ->> 'sqlstate', '42501', 'not even a partner answers for the assignee');
select is(pg_temp.call('frank', 'accept_task', ', ''With pleasure''') ->> 'status', 'accepted', 'the assignee accepts');
select is(
    (select array_agg(n.changes ->> 'answer') from wedsync_data.notifications as n where n.user_id = tap.id('paula') and n.kind = 'task_answered'),
    array['accepted'], 'who assigned it is told'
);
select pg_temp.call('frank', 'accept_task');
select is(
    (select count(*) from wedsync_data.notifications as n where n.kind = 'task_answered'), 1::bigint, 'repeating an answer tells nobody again'
);
select is(pg_temp.call('frank', 'decline_task', ', ''No time after all''') ->> 'answer_note', 'No time after all', 'and may decline later');
select is(pg_temp.call('emma', 'assign_task', format(', supplier_id => %L', tap.firm('other'))) ->> 'status', 'open', 'a new assignee starts afresh');
select is((pg_temp.cake()).answer_note, null, 'without the note of the one before');
select is(pg_temp.error('frank', 'accept_task') ->> 'sqlstate', 'PT404', 'the former assignee has nothing to answer');
select is(pg_temp.call('other', 'complete_task') ->> 'status', 'done', 'a supplier finishes its task, without the right to read tasks');
select is(
    (select e.event_type || ' ' || (e.record ->> 'status') from wedsync_data.events as e where e.couple_id = tap.couple('emma') order by e.seq desc limit 1),
    'task_completion done', 'which is an event with the status'
);
select is(pg_temp.error('other', 'decline_task') ->> 'sqlstate', 'PT409', 'what is done is not declined');
select is(pg_temp.error('emma', 'assign_task', format(', user_id => %L', tap.id('fred'))) ->> 'sqlstate', 'PT409', 'nor given to others');
select is(pg_temp.error('other', 'reopen_task') ->> 'sqlstate', '42501', 'nor opened again by the assignee');
select is(pg_temp.call('paula', 'reopen_task') ->> 'completed_at', null, 'the planner opens it again');
select is(pg_temp.call('paula', 'complete_task') ->> 'status', 'done', 'and may mark it as done');
select is(pg_temp.error('full', 'complete_task') ->> 'sqlstate', '42501', 'a reader does not');
select pg_temp.call('emma', 'reopen_task');
select tap.call('emma', format('select wedsync.remove_wedding_member(%L, %L)', tap.couple('emma'), tap.id('fred')));
select is(pg_temp.error('fred', 'complete_task') ->> 'sqlstate', 'PT404', 'who has left the wedding is a stranger');
select is(pg_temp.error('stranger', 'cancel_task') ->> 'sqlstate', 'PT404', 'strangers are told nothing');
select is(pg_temp.error(null, 'complete_task', '', 'anon') ->> 'sqlstate', '42501', 'and who is not signed in has no function');
select * from finish();
rollback;

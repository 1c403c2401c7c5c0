-- proves: F001-07
-- Reminders: planned from due dates and policies, on local clocks, and sent once.
begin;
select plan(25);
select tap.wedding('emma');
select tap.admit('emma', 'frank', 'friend');
create temporary table made (name text primary key, id uuid) on commit drop;
grant select on made to public;
create function pg_temp.id(name text) returns uuid language sql as $$ select m.id from made as m where m.name = $1 $$;
create function pg_temp.task(name text, more text) returns void language sql as $$
    insert into made select name, tap.call('emma', format(
        'insert into wedsync.tasks (couple_id, title, %s) values (%L, %L, %s) returning id', split_part(more, ':', 1), tap.couple('emma'), name,
        substr(more, strpos(more, ':') + 1)
    ))::uuid
$$;
create function pg_temp.reminders(name text) returns text[] language sql as $$
    select coalesce(array_agg(format('%s %s', r.minutes_before, to_char(r.remind_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) order by r.minutes_before), '{}')
    from wedsync_data.task_reminders as r where r.task_id = pg_temp.id($1)
$$;
create function pg_temp.change(statement text) returns bigint language sql as $$
    select tap.run('emma', format('%s where couple_id = %L', statement, tap.couple('emma')))
$$;

select pg_temp.task('day', 'due_on: ''2035-03-27''');
select is(
    pg_temp.reminders('day'), array['1440 2035-03-26 08:00', '10080 2035-03-20 09:00'],
    'a day and a week before, at nine on local clocks: summer time begins on 25 March'
);
select pg_temp.task('moment', 'due_at: ''2035-06-01 17:30+01''');
select is(pg_temp.reminders('moment'), array['1440 2035-05-31 16:30', '10080 2035-05-25 16:30'], 'before a moment, at its time of day');
select pg_temp.task('never', 'notes: ''whenever''');
select is(pg_temp.reminders('never'), '{}', 'without a due date there is none');
select pg_temp.task('soon', format('due_on: %L', current_date + 3));
select is((select array_agg(r.minutes_before) from wedsync_data.task_reminders as r where r.task_id = pg_temp.id('soon')), array[1440],
    'what is past already is left out');
select pg_temp.task('abroad', 'due_on, time_zone: ''2035-03-27'', ''America/New_York''');
select is(pg_temp.reminders('abroad'), array['1440 2035-03-26 13:00', '10080 2035-03-20 13:00'], 'in the zone of the task');

-- policies
select tap.run('emma', format(
    'insert into wedsync.task_reminder_policies (couple_id, minutes_before, priority) values (%1$L, 90, null), (%1$L, 0, ''high'')', tap.couple('emma')
));
select is(pg_temp.reminders('moment'), array['90 2035-06-01 15:00'], 'policies of the wedding replace the defaults');
select pg_temp.task('night', 'due_at: ''2035-10-28 00:30+00''');
select is(pg_temp.reminders('night'), array['90 2035-10-27 23:00'], 'also before a moment whose local time comes a second time');
select tap.run('emma', format('delete from wedsync_data.tasks where id = %L', pg_temp.id('night')), 'wedsync_admin');
select pg_temp.change('update wedsync.tasks set priority = ''high''');
select is(pg_temp.reminders('moment'), array['0 2035-06-01 16:30', '90 2035-06-01 15:00'], 'some for important tasks only');
select pg_temp.change('update wedsync.task_reminder_policies set is_active = false');
select is(pg_temp.reminders('moment'), '{}', 'disabled policies remind of nothing');
select tap.call('emma', format(
    'select wedsync.delete_task_reminder_policies(%L, %L)', tap.couple('emma'), (select array_agg(p.id) from wedsync_data.task_reminder_policies as p)
));
select is(cardinality(pg_temp.reminders('moment')), 2, 'without any, the defaults are back');
select is(
    tap.error('frank', format('insert into wedsync.task_reminder_policies (couple_id, minutes_before) values (%L, 5)', tap.couple('emma'))) ->> 'sqlstate',
    '42501', 'a friend sets no policy'
);
select is(
    (select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(tap.error('emma', format(
        'insert into wedsync.task_reminder_policies (couple_id, minutes_before, priority) values (%L, 600000, ''x'')', tap.couple('emma')
    )) #> '{detail,problems}') as p (v)),
    '{"taskReminders.minutes_before": "between_0_and_525600"}', 'nor anybody one beyond a year'
);

-- sending
create function pg_temp.told() returns text[] language sql as $$
    select coalesce(array_agg(format('%s: %s', case n.user_id when tap.id('emma') then 'emma' when tap.id('frank') then 'frank' end, n.changes ->> 'task')
        order by n.created_at, n.user_id), '{}')
    from wedsync_data.notifications as n where n.kind = 'task_reminder'
$$;
select is(wedsync_internal.due_task_reminders(), 0, 'nothing is due');
select is(wedsync_internal.due_task_reminders('2035-05-25 16:29+00'), 3, 'what is due is sent, of several of one task the last only');
select set_eq('select unnest(pg_temp.told())', array['emma: day', 'emma: soon', 'emma: abroad'], 'to partners if nobody is assigned');
select is((select count(*) from wedsync_data.task_reminders as r where r.is_skipped), 2::bigint, 'the others are marked as skipped');
select is(wedsync_internal.due_task_reminders('2035-05-25 16:29+00'), 0, 'once');
select tap.call('emma', format('select wedsync.assign_task(%L, %L, %L)', tap.couple('emma'), pg_temp.id('moment'), tap.id('frank')));
select is(wedsync_internal.due_task_reminders('2035-05-25 16:30+00'), 1, 'at its minute');
select ok('frank: moment' = any (pg_temp.told()) and 'emma: moment' <> all (pg_temp.told()), 'to the assignee alone');
select is(
    (select n.changes ->> 'due' from wedsync_data.notifications as n where n.kind = 'task_reminder' and n.user_id = tap.id('frank')), '2035-06-01 17:30',
    'with the local time at which it is due'
);
select pg_temp.change('update wedsync.tasks set notes = ''new''');
select is(wedsync_internal.due_task_reminders('2035-05-25 16:30+00'), 0, 'other changes of a task do not repeat it');
select pg_temp.change('update wedsync.tasks set due_at = ''2035-06-02 17:30+01''');
select is(wedsync_internal.due_task_reminders('2035-05-26 16:30+00'), 5, 'a new due date does');
select tap.call('frank', format('select wedsync.complete_task(%L, %L)', tap.couple('emma'), pg_temp.id('moment')));
select is(pg_temp.reminders('moment'), '{}', 'what is done is not reminded of');
select tap.call('emma', format('select wedsync.delete_tasks(%L, %L)', tap.couple('emma'), array[pg_temp.id('day')]));
select is_empty(format('select from wedsync_data.task_reminders as r where r.task_id = %L', pg_temp.id('day')), 'nor what is deleted');
select is(wedsync_internal.run_job('due_task_reminders'), 0, 'the worker runs it as a job');
select * from finish();
rollback;

-- proves: F001-06, F004-62
-- Tasks, helpers, reminders and the timeline are part of a wedding's export and end with it.
begin;
select plan(5);
select tap.wedding('emma');
insert into wedsync_data.helper_contacts (couple_id, name, email) values (tap.couple('emma'), 'Aunt Ada', 'ada@example.org');
insert into wedsync_data.tasks (couple_id, title, due_on, assignee_contact) select h.couple_id, 'Cake', current_date + 60, h.id
    from wedsync_data.helper_contacts as h;
insert into wedsync_data.task_reminder_policies (couple_id, minutes_before) values (tap.couple('emma'), 60);
insert into wedsync_data.timeline_items (couple_id, title, starts_at) values (tap.couple('emma'), 'Hair', now()), (tap.couple('emma'), 'Photos', now());
update wedsync_data.timeline_items as i set depends_on = array(select d.id from wedsync_data.timeline_items as d where d.title = 'Hair')
    where i.title = 'Photos';
select tap.call('emma', format(
    'select wedsync.shift_timeline(%L, %L, 5, ''propose'')', tap.couple('emma'), (select i.id from wedsync_data.timeline_items as i where i.title = 'Photos')
));
select tap.call('emma', format('select wedsync.create_calendar_feed(%L)', tap.couple('emma')));
select tap.call('emma', format('select wedsync.create_task_link(%L, %L)', tap.couple('emma'), (select t.id from wedsync_data.tasks as t)));
select is(
    (
        select jsonb_object_agg(e.key, jsonb_array_length(e.value)) from jsonb_each(wedsync_internal.export_wedding(tap.couple('emma'))) as e
        where e.key ~ 'task|helper|timeline'
    ),
    '{"tasks": 1, "helper_contacts": 1, "task_reminder_policies": 1, "timeline_items": 2, "timeline_proposals": 1}', 'exports have all of it'
);
select is(
    strpos(wedsync_internal.export_wedding(tap.couple('emma'))::text, 'token'), 0, 'but no secrets'
);
create temporary table wedding on commit drop as select tap.couple('emma') as id;
select lives_ok(format('select tap.call(null, %L, ''service_role'')', format('select wedsync.delete_wedding(%L)', tap.couple('emma'))), 'a wedding is deleted');
select is(
    (select array_agg(distinct e.table_name order by e.table_name) from wedsync_data.events as e, wedding as w
    where e.couple_id = w.id and e.op = 'DELETE' and e.table_name ~ 'task|helper|timeline'),
    array['helper_contacts', 'task_reminder_policies', 'tasks', 'timeline_items', 'timeline_proposals'], 'which is announced'
);
select is(
    (
        select count(*) from (
            select r.couple_id from wedsync_data.tasks as r union all select r.couple_id from wedsync_data.helper_contacts as r
            union all select r.couple_id from wedsync_data.task_reminder_policies as r union all select r.couple_id from wedsync_data.task_reminders as r
            union all select r.couple_id from wedsync_data.task_links as r union all select r.couple_id from wedsync_data.timeline_items as r
            union all select r.couple_id from wedsync_data.timeline_proposals as r union all select r.couple_id from wedsync_data.calendar_feeds as r
        ) as rest
    ), 0::bigint, 'and nothing stays'
);
select * from finish();
rollback;

-- proves: F003-17, F003-18
-- A supplier's journeys, with everything in them, are seen and changed by its own people only.
begin;
select plan(63);
select tap.wedding('emma');
select tap.supplier(s.name, 'emma', '{full}') from (values ('chef'), ('baker')) as s (name);
select tap.hire('chef', 'sam', 'staff');
create temporary table made (name text primary key, id uuid) on commit drop;
grant select on made to public;
insert into made select 'journey', tap.call('chef', format('select wedsync.set_journey(%L, ''Welcome'')', tap.firm('chef')))::uuid;
create function pg_temp.journey() returns uuid language sql as $$ select m.id from made as m $$;
select tap.call('chef', format('select wedsync.set_journey_step(%L, ''hello'', ''Hello'', ''{"on": "start"}'', ''{"do": "progress"}'')', pg_temp.journey()));
select tap.call('chef', format('select wedsync.start_journey(%L, %L)', pg_temp.journey(), tap.couple('emma')));
select wedsync_internal.advance_journeys();

select is(tap.call(w.who, 'select count(*) from wedsync.' || v.name, w.role_name), w.n, format('%s reads %s', coalesce(w.who, w.role_name), v.name))
from (values ('journeys'), ('journey_steps'), ('journey_enrolments'), ('journey_runs')) as v (name),
    (values
        ('chef', 'authenticated', '1'), ('sam', 'authenticated', '1'), ('baker', 'authenticated', '0'), ('emma', 'authenticated', '0'), ('stranger',
            'authenticated', '0'),
        (null, 'service_role', '1')
    ) as w (who, role_name, n);
select matches(tap.error('chef', format('%s wedsync.%s %s', c.verb, v.name, c.rest)) ->> 'sqlstate', '42501|55000', c.verb || ' on the view ' || v.name)
from (values ('delete from', ''), ('insert into', 'default values')) as c (verb, rest), (values ('journeys'), ('journey_steps'), ('journey_enrolments'),
    ('journey_runs')) as v (name);
select is(tap.outcome(w.who, format(c.call, pg_temp.journey(), tap.couple('emma'), tap.firm('chef')), w.role_name), w.state, w.who || ': ' || c.call)
from (values
    ('select wedsync.set_journey(%3$L, ''Mine'', true, %1$L)'), ('select wedsync.delete_journey(%1$L)'),
    ('select wedsync.set_journey_step(%1$L, ''more'', ''More'', ''{"on": "start"}'', ''{"do": "progress"}'')'),
        ('select wedsync.remove_journey_step(%1$L, ''hello'')'),
    ('select wedsync.start_journey(%1$L, %2$L)'), ('select wedsync.stop_journey(%1$L, %2$L)')
) as c (call), (values ('sam', 'authenticated', 'passes'), ('baker', 'authenticated', 'PT404'), ('emma', 'authenticated', 'PT404'), ('stranger',
    'authenticated', 'PT404')) as w (who, role_name, state);
select is(
    tap.outcome('baker', format('select wedsync.set_journey(%L, ''Taken'', true, %L)', tap.firm('baker'), pg_temp.journey())), 'PT404',
    'nor does another supplier take a journey over'
);
select is(
    tap.outcome('chef', format('select wedsync.start_journey(%L, %L)', pg_temp.journey(), gen_random_uuid())), 'PT404',
        'couples that it does not know cannot be enrolled'
);
select tap.supplier('dj');
select is(
    tap.outcome('dj', format('select wedsync.start_journey(wedsync.set_journey(%L, ''Songs''), %L)', tap.firm('dj'), tap.couple('emma'))), 'PT404',
    'nor those that do not know it'
);
update wedsync_data.settings set value = '1' where name in ('journeys_per_supplier', 'steps_per_journey');
select is(tap.outcome('chef', format('select wedsync.set_journey(%L, ''Second'')', tap.firm('chef'))), 'PT409', 'their number is limited');
select is(
    tap.outcome('chef', format('select wedsync.set_journey_step(%L, ''more'', ''More'', ''{"on": "start"}'', ''{"do": "progress"}'')', pg_temp.journey())),
        'PT409',
    'that of steps, too'
);
select is(
    tap.outcome('chef', format('select wedsync.set_journey_step(%L, ''hello'', ''More'', ''{"on": "start"}'', ''{"do": "progress"}'')', pg_temp.journey())),
        'passes',
    'but a step can be changed'
);
select is(
    (select count(*) from wedsync_data.notifications as n where n.kind = 'journey_step' and n.supplier_id is distinct from tap.firm('chef')), 0::bigint,
    'nobody else is told'
);
select * from finish();
rollback;

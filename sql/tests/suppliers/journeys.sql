-- proves: F003-17
-- Journeys: steps happen by themselves, once for each couple enrolled, upon events that the supplier may read, states of its own, and dates.
begin;
select plan(59);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.supplier('chef', 'emma', '{wedding_basics,guest_numbers}'), tap.supplier('baker', 'olivia', '{basic}');
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{wedding_basics}'')', tap.couple('olivia'), tap.firm('chef')));
create temporary table made (name text primary key, id uuid) on commit drop;
grant select, insert on made to public;
create function pg_temp.id(name text) returns uuid language sql as $$ select m.id from made as m where m.name = $1 $$;
insert into made select 'form', tap.call('chef', format('insert into wedsync.forms (supplier_id, name) values (%L, ''Menu'') returning id',
    tap.firm('chef')))::uuid;
insert into made select 'foreign form', tap.call('baker', format('insert into wedsync.forms (supplier_id, name) values (%L, ''Cake'') returning id',
    tap.firm('baker')))::uuid;
select tap.run('chef', format('insert into wedsync.form_fields (form_id, name) values (%1$L, ''guests''), (%1$L, ''city'')', pg_temp.id('form')));
select tap.run('chef', format(
    'insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%1$L, ''guests'', ''wedding.guestCount.adults''), (%1$L,
        ''city'', ''couple.address.city'')',
    pg_temp.id('form')
));
insert into made select 'journey', tap.call('chef', format('select wedsync.set_journey(%L, ''Welcome'')', tap.firm('chef')))::uuid;
create function pg_temp.step(key text, condition jsonb, action jsonb default '{"do": "progress"}', who text default 'chef') returns jsonb language sql as $$
    select tap.error(who, format('select wedsync.set_journey_step(%L, %L, %L, %L, %L)', pg_temp.id('journey'), key, initcap(key), condition, action))
$$;
create function pg_temp.progress(partner text default 'emma') returns jsonb language sql as $$
    select coalesce(jsonb_object_agg(p.step, p.status), '{}') from wedsync_data.journey_progress as p where p.couple_id = tap.couple(partner) and
        p.supplier_id = tap.firm('chef')
$$;
-- events of this transaction were all read at once, so the position is taken away: that steps happen once does not depend on it
create function pg_temp.advance() returns integer language plpgsql as $$
begin
    update wedsync_data.event_readers set history = null where name = 'advance_journeys';
    return wedsync_internal.run_job('advance_journeys');
end
$$;

select is(pg_temp.step(s.key, s.condition, s.action), null, 'a step: ' || s.key)
from (values
    ('hello', '{"on": "start"}'::jsonb, '{"do": "notify", "message": "Call them"}'::jsonb), ('date set', '{"on": "field", "field": "wedding.date"}',
        '{"do": "progress", "status": "done"}'),
    ('rustic', '{"on": "field", "field": "wedding.guestCount.adults", "value": "90"}', '{"do": "progress"}'), ('any',
        '{"on": "event", "event": "core_fields_updated"}', '{"do": "progress"}'),
    ('budget', '{"on": "field", "field": "couple"}', '{"do": "progress"}'), ('guest', '{"on": "event", "event": "guest_update"}', '{"do": "progress"}'),
    ('then', '{"on": "step", "step": "date set"}', '{"do": "progress", "status": "waiting"}'), ('won', '{"on": "client", "status": "booked"}',
        '{"do": "progress"}'),
    ('booked', '{"on": "booked"}', null), ('month', '{"on": "date", "days_before": 30}', '{"do": "progress"}')
) as s0 (key, condition, act) cross join lateral (select s0.key, s0.condition, coalesce(s0.act, jsonb_build_object('do', 'form', 'form_id',
    pg_temp.id('form'))) as action) as s;

-- what is refused
select is(
    pg_temp.step('bad', b.condition, b.action) #>> '{detail,parameter}' in ('condition', 'action'), true, format('refused: %s %s', b.condition, b.action)
)
from (values
    ('5', '{"do": "progress"}'), ('{"on": "start"}', '"x"'),
    ('{"on": "whim"}'::jsonb, '{"do": "progress"}'::jsonb), ('[]', '{"do": "progress"}'), ('{"on": "start", "x": 1}', '{"do": "progress"}'),
    ('{"on": "event", "event": "wedding"}', '{"do": "progress"}'), ('{"on": "field", "field": "budget.total"}', '{"do": "progress"}'),
        ('{"on": "field", "field": "nothing"}', '{"do": "progress"}'),
    ('{"on": "field"}', '{"do": "progress"}'), ('{"on": "date", "days_before": "soon"}', '{"do": "progress"}'), ('{"on": "date", "days_before": 99999}',
        '{"do": "progress"}'),
    ('{"on": "client", "status": "happy"}', '{"do": "progress"}'), ('{"on": "start"}', '{"do": "drop"}'), ('{"on": "start"}', '{"do": "notify"}'),
    ('{"on": "start"}', '{"do": "form", "form_id": "x"}'), ('{"on": "start"}', '"do"')
) as b (condition, action);
select is(pg_temp.step('bad', '{"on": "start"}', jsonb_build_object('do', 'form', 'form_id', pg_temp.id('foreign form'))) ->> 'sqlstate', '22023',
    'nor another supplier''s form');

-- a journey
select is(tap.error('chef', format('select wedsync.start_journey(%L, %L)', pg_temp.id('journey'), tap.couple('emma'))), null, 'a couple is enrolled');
select is(pg_temp.advance(), 1, 'the first step happens');
select is(pg_temp.progress(), '{"hello": "done"}', 'and is done');
select is(
    (select array_agg(n.title || ': ' || n.message) from wedsync_data.notifications as n where n.supplier_id = tap.firm('chef') and n.kind = 'journey_step'),
    array['Welcome: Hello: Call them'], 'the supplier is told'
);
select tap.call('chef', format('select wedsync.start_journey(%L, %L)', pg_temp.id('journey'), tap.couple('emma')));
select is(pg_temp.advance(), 0, 'starting again, and looking again, does nothing');
select tap.patch('emma', 'emma', '{"couple.address.city": "Bath", "budget.total": 5}');
select tap.run('emma', format('insert into wedsync.guests (couple_id, first_name) values (%L, ''Ada'')', tap.couple('emma')));
-- the guest has changed the guest numbers, which it may read
delete from wedsync_data.events where event_type = 'core_fields_updated' and paths &&
    '{wedding.guestCount.total,wedding.guestCount.pending,wedding.guestCount.confirmed}';
select is(pg_temp.advance(), 0, 'what the supplier may not read moves nothing, whatever step waits for it');
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 80}');
select is(pg_temp.advance(), 1, 'what it may read does');
select is(pg_temp.progress(), '{"hello": "done", "any": "active"}', 'the step for any change, not that for another value');
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 90}');
select pg_temp.advance();
select is(pg_temp.progress() -> 'rustic', '"active"', 'a value is waited for');
select tap.patch('emma', 'emma', '{"wedding.date": "2035-06-12"}');
select is(pg_temp.advance(), 1, 'a field is');
select is(pg_temp.advance(), 1, 'a step that follows another comes next');
select is(pg_temp.progress() - '{hello,any,rustic}'::text[], '{"date set": "done", "then": "waiting"}', 'with the status that was asked for');
select tap.call('chef', format('select wedsync.set_journey_progress(%L, %L, ''any'', ''skipped'')', tap.firm('chef'), tap.couple('emma')));
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 70}');
select is(pg_temp.advance(), 0, 'a step that has happened does not happen again');
select is(pg_temp.progress() ->> 'any', 'skipped', 'nor undo what the supplier has set');
select tap.call('chef', format('select wedsync.set_client_profile(%L, %L, ''The Emmas'', ''booked'')', tap.firm('chef'), tap.couple('emma')));
select pg_temp.advance();
select is(pg_temp.progress() ->> 'won', 'active', 'the supplier''s own status of the couple is a condition');
select tap.run('emma', format(
    'insert into wedsync.vendor_assignments (couple_id, company_name, supplier_id, status) values (%L, ''Chef'', %L, ''booked'')', tap.couple('emma'),
        tap.firm('chef')
));
select is(pg_temp.advance(), 1, 'being booked is, without the right to vendors');
select is(
    (select p.details - 'form_id' from wedsync_data.journey_progress as p where p.step = 'booked'),
    '{"data": {"guests": 70}, "problems": [{"field": "city", "path": "couple.address.city", "problem": "not shared with this supplier"}]}',
    'a form is filled with what the supplier may read'
);

-- dates
select is(wedsync_internal.due_journey_steps('2035-05-12 22:59:59Z'), 0, 'not before the day');
select is(wedsync_internal.due_journey_steps('2035-05-12 23:00Z'), 1, 'when the day begins in the zone of the wedding');
select is(wedsync_internal.due_journey_steps('2035-05-14 23:00Z'), 0, 'once');
select is(pg_temp.progress() ->> 'month', 'active', 'with its action');
select is(
    (select array_agg(distinct r.outcome) from wedsync_data.journey_runs as r), array['done'], 'each step has its entry'
);
select is(pg_temp.progress('olivia'), '{}', 'nothing of it happens with a couple that is not enrolled');

-- ends
select tap.call('chef', format('select wedsync.start_journey(%L, %L)', pg_temp.id('journey'), tap.couple('olivia')));
select tap.call('olivia', format('select wedsync.revoke_access(%L, %L)', tap.couple('olivia'), tap.firm('chef')));
select tap.patch('olivia', 'olivia', '{"wedding.date": "2035-06-12"}');
select is(pg_temp.advance(), 0, 'without access nothing happens');
select is((select r.outcome from wedsync_data.journey_runs as r where r.couple_id = tap.couple('olivia')), 'no_access', 'and the entry says why');
select is(pg_temp.progress('olivia'), '{}', 'no progress is made');
select is(wedsync_internal.due_journey_steps('2035-05-12 23:00Z'), 0, 'no date comes');
select tap.call('olivia', format('select wedsync.grant_access(%L, %L, ''{wedding.style}'')', tap.couple('olivia'), tap.firm('chef')));
select wedsync_internal.due_journey_steps('2035-05-12 23:00Z');
select is(
    (select count(*) from wedsync_data.journey_runs as r where r.couple_id = tap.couple('olivia') and r.step = 'month'), 0::bigint,
    'nor for a supplier that may not read the date'
);
select tap.call('olivia', format('select wedsync.revoke_access(%L, %L)', tap.couple('olivia'), tap.firm('chef')));
select pg_temp.step('late', '{"on": "field", "field": "wedding.style"}');
select tap.call('chef', format('select wedsync.stop_journey(%L, %L)', pg_temp.id('journey'), tap.couple('emma')));
select tap.patch('emma', 'emma', '{"wedding.style": ["rustic"]}');
select is(pg_temp.advance(), 0, 'a journey that was stopped goes no further');
select tap.call('chef', format('select wedsync.start_journey(%L, %L)', pg_temp.id('journey'), tap.couple('emma')));
select is(pg_temp.advance(), 0, 'nor catches up when it goes on');
select tap.patch('emma', 'emma', '{"wedding.style": ["modern"]}');
select is(pg_temp.advance(), 1, 'but sees what comes then');
select tap.call('chef', format('select wedsync.delete_journey(%L)', pg_temp.id('journey')));
select is((select count(*) from wedsync_data.journey_runs), 0::bigint, 'a journey that is deleted leaves nothing waiting');
select * from finish();
rollback;

-- proves: F000-48, F000-61, F000-65, F000-100, C-25, C-27
-- Forms are filled with what both the caller and the form's supplier may read; a field that fails is reported, the others are filled.
begin;
select plan(32);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('chef', 'emma', '{standard}');
select tap.supplier('dj', 'emma', '{timeline}');
select tap.supplier('rival');
select tap.patch(
    'emma', 'emma',
    '{"guest_count": {"adults": 1200, "children": 34}, "wedding_style": ["rustic", "boho"], "ceremony_venue": {"name": "st mary", "contact_person": "Ann", '
    '"notes": "hidden note"}, "budget.total": 9999, "ceremony_time": "16:30", "partner1_email": "emma@example.org"}'
);
select tap.call('emma', format('select wedsync.add_list_element(%L, ''key_moments'', %L)', tap.couple('emma'), e.v))
from (values ('{"name": "Cake", "time": "21:00", "description": "big"}'), ('{"name": "Dance"}')) as e (v);
create temporary table fields (n integer, name text, path text, rule text, required boolean) on commit drop;
insert into fields values
(1, 'guests', 'guest_count_estimated', '{"op": "number_format", "suffix": " guests"}', true),
(2, 'style', 'wedding_style', '[{"op": "title"}, {"op": "join", "separator": " and "}]', false),
(3, 'venue', 'ceremony_venue_name', '{"op": "title"}', false), (4, 'venue object', 'wedding.ceremonyVenue', '{}', false),
(5, 'budget', 'budget.total', '{}', true), (6, 'notes', 'private_notes', '{}', false),
(7, 'start', 'timeline.ceremonyTime', '{"op": "time_format", "format": "FMHH12 am"}', false), (8, 'moments', 'key_moments', '{}', false),
(9, 'moment names', 'timeline.keyMoments.name', '{"op": "join"}', false),
(10, 'second name', 'partner2_name', '{}', false), (11, 'phone', 'partner1_phone', '{}', true),
(12, 'phone with default', 'partner2_phone', '{"op": "default", "value": "none given"}', false),
(13, 'broken', 'wedding_style', '{"op": "number_format"}', false), (14, 'unmapped', null, null, false), (15, 'unmapped but required', null, null, true),
(16, 'switched off', 'wedding_date', '{}', false), (17, 'e-mail', 'partner1Email', '{"op": "upper"}', false);
select tap.run('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'')', tap.id('menu'), tap.firm('chef')));
grant select on fields to public;
select is(
    tap.run(
        'chef',
        format('insert into wedsync.form_fields (form_id, name, is_required, "position") select %L, f.name, f.required, f.n from fields as f', tap.id('menu'))
    ), 17::bigint, 'a supplier makes its form'
);
select is(tap.run('chef', format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path, transformation_rule, auto_populate)
    select %L, f.name, f.path, f.rule::jsonb, f.name <> ''switched off'' from fields as f where f.path is not null', tap.id('menu'))), 15::bigint,
    'and its mappings');
create function pg_temp.fill(who text, form text default 'menu', partner text default 'emma') returns jsonb language sql as $$
    select tap.call(who, format('select wedsync.populate_form(%L, %L)', tap.id(form), tap.couple(partner)))::jsonb
$$;

create temporary table chef on commit drop as select pg_temp.fill('chef') as a;
select set_eq($$ select jsonb_object_keys(a) from chef $$, '{success,data,populated_fields,problems,message,timestamp}'::text[], 'the answer of the source');
select is(a -> 'data', jsonb_build_object(
    'guests', '1,234 guests', 'style', 'Rustic and Boho', 'venue', 'St Mary', 'venue object', '{"name": "st mary", "contact_person": "Ann"}'::jsonb, 'start',
    '4 pm', 'moment names', 'Cake, Dance',
    'moments', (select jsonb_agg(e.element order by e.order_key) from wedsync_internal.list_elements as e where e.couple_id = tap.couple('emma')),
    'phone with default', 'none given', 'e-mail', 'EMMA@EXAMPLE.ORG'
), 'filled; empty, hidden and switched off fields left out') from chef;
select is(a -> 'problems', '[
    {"field": "budget", "path": "budget.total", "problem": "not shared with this supplier"},
    {"field": "notes", "path": "private_notes", "problem": "not shared with this supplier"},
    {"field": "phone", "path": "partner1_phone", "problem": "required, but empty"},
    {"field": "broken", "path": "wedding_style", "problem": "number_format: requires a number"},
    {"field": "unmapped but required", "problem": "required, but not mapped"}]', 'problems in order of the form') from chef;
select is(a ->> 'message', '9 fields auto-populated', 'counted') from chef;
select is(a -> 'populated_fields', (select jsonb_agg(k order by k) from jsonb_object_keys(a -> 'data') as k), 'and listed') from chef;

-- who may, and with what
select is(pg_temp.fill('emma') -> 'data', (select a -> 'data' from chef), 'a partner fills a supplier''s form with no more than the supplier may read');
select ok(pg_temp.fill('emma')::text !~ '9999|hidden note', 'budget and hidden notes least of all');
select is(pg_temp.fill('paula') -> 'data', (select a -> 'data' from chef), 'so does a planner');
select is(
    array(select jsonb_array_elements_text(pg_temp.fill('frank') -> 'populated_fields')), '{start,style}', 'a friend with no more than a friend may read'
);
select is(
    tap.call(null, format('select wedsync.populate_form(%L, %L) -> ''data''', tap.id('menu'), tap.couple('emma')), 'service_role')::jsonb,
    (select a -> 'data' from chef), 'a server neither'
);
select is(
    tap.error(w.who, format('select wedsync.populate_form(%L, %L)', tap.id('menu'), tap.couple('emma')), w.db_role) ->> 'sqlstate', w.state,
    coalesce(w.who, w.db_role)
)
from (
    values ('rival', 'authenticated', 'PT404'), ('dj', 'authenticated', 'PT404'), ('olivia', 'authenticated', 'PT404'), ('stranger', 'authenticated', 'PT404'),
        (null, 'authenticated', '42501'), (null, 'anon', '42501')
) as w (who, db_role, state);
select is(
    tap.error('chef', format('select wedsync.populate_form(%L, %L)', tap.id('menu'), tap.couple('olivia'))) ->> 'sqlstate', 'PT404',
    'not with a couple that the supplier does not serve'
);
select is(tap.error('chef', format(q.query, tap.id('menu'), tap.couple('emma'))) ->> 'sqlstate', q.state, q.query) from (values
    ('select wedsync.populate_form(null, %2$L)', '22023'), ('select wedsync.populate_form(%L, null)', '22023'),
    ('select wedsync.populate_form(gen_random_uuid(), %2$L)', 'PT404'), ('select wedsync.populate_form(%L, gen_random_uuid())', 'PT404')) as q (query, state);

-- counter of entries that nobody had to type
select is(tap.call(w.who, 'select sum(entries_avoided) || '' '' || sum(populations) from wedsync.entries_avoided'), w.n, 'entries avoided, seen by ' || w.who)
from (values ('chef', '9 6'), ('emma', '9 6'), ('fred', '9 6'), ('dj', null), ('olivia', null), ('stranger', null)) as w (who, n);

-- form and rights change
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{guest_numbers}'')', tap.couple('emma'), tap.firm('chef')));
select is(pg_temp.fill('chef') -> 'populated_fields', '["guests"]', 'fewer rights, fewer fields');
select tap.call('emma', format('select wedsync.revoke_access(%L, %L)', tap.couple('emma'), tap.firm('chef')));
select is(
    tap.error(w.who, format('select wedsync.populate_form(%L, %L)', tap.id('menu'), tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'after revocation nobody fills it: ' || w.who
) from (values ('chef'), ('emma')) as w (who);
select * from finish();
rollback;

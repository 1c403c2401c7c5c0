-- proves: F002-04, C-30
-- Partners and planners answer forms of suppliers they are connected to; the answers are read by both sides only.
begin;
select plan(40);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family')) as m (name, role);
select tap.supplier(s.name, 'emma', '{basic}') from (values ('chef'), ('baker')) as s (name);
insert into wedsync_data.forms (id, supplier_id, name) values (tap.id('menu'), tap.firm('chef'), 'Menu');
insert into wedsync_data.form_fields (form_id, name, is_required) values (tap.id('menu'), 'soup', true), (tap.id('menu'), 'wine', false);
create function pg_temp.answer(
    who text, data jsonb default '{"soup": "leek"}', partner text default 'emma', form text default 'menu', role_name text default 'authenticated'
) returns text language sql
as $$
    select coalesce(
        tap.error(who, format('select wedsync.submit_form_response(%L, %L, %L)', tap.id(form), tap.couple(partner), data), role_name) ->> 'sqlstate', 'passes'
    )
$$;
select is(pg_temp.answer(w.who), w.state, w.who || ' answers')
from (values ('emma', 'passes'), ('paula', 'passes'), ('fred', 'PT404'), ('olivia', 'PT404'), ('chef', 'PT404'), ('stranger', 'PT404')) as w (who, state);
select is(pg_temp.answer('olivia', partner => 'olivia'), 'PT404', 'not a couple without that supplier');
select is(pg_temp.answer('emma', form => 'no such form'), 'PT404', 'not a form that does not exist');
select is(pg_temp.answer(null, role_name => 'service_role'), 'passes', 'the server may');
select is(pg_temp.answer(null, role_name => 'anon'), '42501', 'nobody unknown');
select is(pg_temp.answer('emma', d.v), d.state, left(coalesce(d.v::text, 'null'), 40)) from (values
    (null::jsonb, '22023'), ('null', '22023'), ('[]', '22023'), ('"x"', '22023'), ('7', '22023'), ('{}', 'PT422'), ('{"soup": ""}', 'PT422'),
    ('{"soup": null}', 'PT422'), ('{"soup": []}', 'PT422'), ('{"wine": "red"}', 'PT422'),
    ('{"soup": "x", "price": 1}', 'PT422'), ('{"soup": "x", "": 1}', 'PT422'), ('{"soup": "x", "wine": {"deep": [[[]]]}}', 'passes'),
    (jsonb_build_object('soup', repeat('x', 70000)), 'PT413'),
    (('{"soup": ' || repeat('[', 31) || repeat(']', 31) || '}')::jsonb, 'passes'),
    (('{"soup": ' || repeat('[', 3000) || repeat(']', 3000) || '}')::jsonb, '22023')
) as d (v, state);
select is(
    tap.error('emma', format('select wedsync.submit_form_response(%L, %L, %L)', tap.id('menu'), tap.couple('emma'), '{"price": 1}')) #> '{detail,problems}',
    '[{"path": "price", "rule": "unknown_field"}, {"path": "soup", "rule": "required"}]', 'every problem is named'
);
select is(
    tap.error('emma', format('select wedsync.submit_form_response(%s, %s, ''{}'')', a.form, a.couple)) ->> 'sqlstate', '22023', 'form and couple are needed'
)
from (values ('null', quote_literal(tap.couple('emma'))), (quote_literal(tap.id('menu')), 'null')) as a (form, couple);
select is(tap.call(w.who, 'select count(*) from wedsync.form_responses'), w.n, w.who || ' reads answers')
from (values ('emma', '5'), ('paula', '5'), ('fred', '0'), ('chef', '5'), ('baker', '0'), ('olivia', '0'), ('stranger', '0')) as w (who, n);
select is(tap.error(w.who, 'delete from wedsync.form_responses') ->> 'sqlstate', '42501', w.who || ' removes none directly')
from (values ('emma'), ('chef')) as w (who);
select is(
    (select r ->> 'submitted_by' from tap.rows('chef', 'select * from wedsync.form_responses order by submitted_at limit 1') as r), tap.id('emma')::text,
    'with who answered'
);
-- answers count as writes
update wedsync_data.rate_limits set max_requests = 2 where endpoint = 'core-fields-write';
delete from wedsync_data.rate_usage;
select is((select array_agg(pg_temp.answer('emma') order by g) from generate_series(1, 3) as g), '{passes,passes,PGRST}', 'and are limited like them');
select * from finish();
rollback;

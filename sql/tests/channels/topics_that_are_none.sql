-- proves: F002-11, F002-15, C-48
-- Topics near those of the catalogue, hostile ones and huge ones get a clear answer, and never one that lets in.
begin;
select plan(160);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
create temporary table topics on commit drop as
select t.topic from (values
    (null), (''), (' '), ('core_fields_'), ('core_fields_x'), ('presence_'), ('wedding:'), ('wedding'), ('supplier_'), ('core_field'), ('Core-Fields'),
    ('core-fields '), (' core-fields'),
    (E'core-fields\n'), (E'system\n'), (E'\ncore-fields'), ('realtime:core-fields'), ('core-fields:x'), ('core-fields%'), ('core_fields_*'), ('.*'),
    ('^core-fields$'), ('('), ('\'), ('*'),
    ('core_fields_00000000-0000-0000-0000-00000000000'), ('core_fields_00000000-0000-0000-0000-0000000000000'),
    ('core_fields_0000000000000000000000000000000000000'),
    ('core_fields_zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz'), ('core_fields_' || tap.couple('emma') || E'\n'), ('core_fields_' || tap.couple('emma') || ' '),
    ('core_fields_' || tap.couple('emma') || '/../'), ('core_fields_{' || tap.couple('emma') || '}'),
    ('core_fields_' || tap.couple('emma') || ',core_fields_' || tap.couple('emma')),
    ('core_fields_' || replace(tap.couple('emma')::text, '-', '')), ('wedding:' || tap.couple('emma') || ':x'), ('presence:' || tap.couple('emma')),
    ('x_' || tap.couple('emma')),
    ('''; drop table wedsync_data.events; --'), ('topic:x'), ('wedsync'), ('phoenix'), (chr(1) || chr(31) || chr(127)), (E'\u202Ecore-fields'), ('сore-fields'),
    ('core‑fields'), ('💒'),
    (repeat('a', 255)), (repeat('a', 256)), (repeat('(', 10000)), ('core_fields_' || repeat('0', 1000000)), (repeat('💒', 300))
) as t (topic);
select is(
    tap.answer(tap.join(w.who, t.topic, role_name => w.role)), 'UnknownTopic',
    format('%s: %s', w.who, left(regexp_replace(t.topic, '[[:cntrl:]]', '?', 'g'), 60))
)
from topics as t, (values ('emma', 'authenticated'), (null, 'service_role'), (null, 'anon')) as w (who, role);
select is(tap.answer(tap.join('emma', 'core_fields_' || upper(tap.couple('emma')::text))), 'ok', 'control: an id in capitals is the same id');
select is(tap.answer(tap.join('emma', 'core_fields_' || tap.couple('emma'))), 'ok', 'control: and one in small letters');
select is(
    (select count(distinct g.couple_id) from wedsync_data.subscription_groups as g), 1::bigint, 'of one wedding'
);
select is(
    wedsync_internal.join_topic(gen_random_uuid(), tap.claims('emma'), 'core-fields', null) - 'reason',
    '{"ok": false, "code": "InitializingProjectConnection"}',
    'a worker that the database does not know is told to come back'
);
select * from finish();
rollback;

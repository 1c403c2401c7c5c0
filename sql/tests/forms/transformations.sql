-- proves: F000-31, F000-48, F000-50
-- Every transformation, alone and chained, with its options; one that cannot work says why and never repeats the value.
begin;
select plan(101);
create function pg_temp.t(value jsonb, rule jsonb) returns text language sql as $$
    select coalesce(x.problem, x.result::text) from wedsync_internal.transform_value(value, rule) as x $$;
select is(pg_temp.t(c.value, c.rule), c.expected, format('%s of %s', c.rule, c.value))
from (values
    ('"a b"'::jsonb, '{}'::jsonb, '"a b"'), ('"a b"', '[]', '"a b"'), ('null', '{}', null), (null, '{"op": "upper"}', null),
    ('"straße"', '{"op": "lower"}', '"straße"'), ('"Emma"', '{"op": "upper"}', '"EMMA"'), ('"Emma"', '{"op": "lower"}', '"emma"'),
    ('"st mary of the dell"', '{"op": "title"}', '"St Mary Of The Dell"'), ('"  x \t"', '{"op": "trim"}', '"x"'),
    ('["a", "b"]', '{"op": "upper"}', '["A", "B"]'), ('["a", 1, null]', '{"op": "upper"}', '["A", 1, null]'),
    ('7', '{"op": "upper"}', 'upper: requires a text'), ('{"a": 1}', '{"op": "trim"}', 'trim: requires a text'),
    ('true', '{"op": "title"}', 'title: requires a text'),
    ('"2027-06-12"', '{"op": "date_format", "format": "DD.MM.YYYY"}', '"12.06.2027"'),
    ('"2027-06-12"', '{"op": "date_format", "format": "FMDay, FMDD FMMonth YYYY"}', '"Saturday, 12 June 2027"'),
    ('"soon"', '{"op": "date_format", "format": "DD"}', 'date_format: requires a date'),
    ('20270612', '{"op": "date_format", "format": "DD"}', 'date_format: requires a date'),
    ('"16:05:00"', '{"op": "time_format", "format": "HH12:MI am"}', '"04:05 pm"'), ('"16:05"', '{"op": "time_format", "format": "HH24.MI"}', '"16.05"'),
    ('"4pm"', '{"op": "time_format", "format": "HH24"}', 'time_format: requires a time'),
    ('["16:00"]', '{"op": "time_format", "format": "HH24"}', 'time_format: requires a time'),
    ('["a", "b"]', '{"op": "join"}', '"a, b"'), ('["a", "b"]', '{"op": "join", "separator": " / "}', '"a / b"'),
    ('"a"', '{"op": "join"}', 'join: requires a list'), ('[]', '{"op": "join"}', null),
    ('"a, b,,c"', '{"op": "split"}', '["a", "b", "c"]'), ('"a|b"', '{"op": "split", "separator": "|"}', '["a", "b"]'),
    ('7', '{"op": "split"}', 'split: requires a text'),
    ('1234567.891', '{"op": "number_format"}', '"1,234,568"'),
    ('1234567.891', '{"op": "number_format", "decimals": 2, "thousands": ".", "prefix": "€ ", "suffix": " net"}', '"€ 1.234.567.89 net"'),
    ('0.5', '{"op": "number_format", "decimals": 2}', '"0.50"'), ('-3', '{"op": "number_format"}', '"-3"'),
    ('"120"', '{"op": "number_format", "suffix": " guests"}', '"120 guests"'),
    ('"many"', '{"op": "number_format"}', 'number_format: requires a number'), ('1e20', '{"op": "number_format"}', 'number_format: requires a number'),
    ('true', '{"op": "number_format"}', 'number_format: requires a number'),
    (null, '{"op": "default", "value": "none"}', '"none"'), ('""', '{"op": "default", "value": "none"}', '"none"'),
    ('[]', '{"op": "default", "value": ["x"]}', '["x"]'),
    ('"there"', '{"op": "default", "value": "none"}', '"there"'), (null, '{"op": "default", "value": null}', null),
    ('false', '{"op": "default", "value": true}', 'false'),
    ('"GBP"', '{"op": "lookup", "map": {"GBP": "pounds"}}', '"pounds"'),
    ('"USD"', '{"op": "lookup", "map": {"GBP": "pounds"}}', 'lookup: the map has no entry for this value'),
    ('"USD"', '{"op": "lookup", "map": {}, "default": "other"}', '"other"'), ('true', '{"op": "lookup", "map": {"true": "yes"}}', '"yes"'),
    ('7', '{"op": "lookup", "map": {"7": null}}', null),
    -- chained
    ('["rustic", "boho"]', '[{"op": "upper"}, {"op": "join", "separator": " & "}]', '"RUSTIC & BOHO"'),
    ('" a ; b "', '{"chain": [{"op": "split", "separator": ";"}, {"op": "title"}, {"op": "join"}]}', '"A, B"'),
    ('"x"', '[{"op": "upper"}, {"op": "number_format"}, {"op": "lower"}]', 'number_format: requires a number'),
    ('"X"', '[{"op": "lookup", "map": {"X": null}}, {"op": "default", "value": "unknown"}, {"op": "upper"}]', '"UNKNOWN"')
) as c (value, rule, expected);
select ok(coalesce(x.problem, '') not like '%secret%', 'problems do not repeat the value: ' || (o.rule ->> 'op'))
from (
    values ('{"op": "date_format", "format": "DD"}'::jsonb), ('{"op": "time_format", "format": "HH24"}'), ('{"op": "join"}'), ('{"op": "number_format"}'),
        ('{"op": "lookup", "map": {}}')
) as o (rule),
    wedsync_internal.transform_value('"secret"', o.rule) as x;

-- rules outside of the closed set
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select tap.run('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'')', tap.id('form'), tap.firm('chef')));
select tap.run('chef', format('insert into wedsync.form_fields (form_id, name) values (%L, ''f'')', tap.id('form')));
create function pg_temp.map(path text, rule text) returns text language sql as $$
    select tap.outcome(
        'chef',
        format(
            'insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path, transformation_rule) values (%L, ''f'', %L, %L)',
            tap.id('form'), path, rule
        )
    ) $$;
select is(pg_temp.map('wedding.date', r.rule), 'PT422', 'refused: ' || left(r.rule, 80)) from (values
    ('7'), ('"upper"'), ('null'), ('[1]'), ('["upper"]'), ('{"op": 7}'), ('{"op": "eval"}'), ('{"op": "UPPER"}'), ('{"op": "upper", "extra": 1}'),
    ('{"op": "date_format"}'), ('{"op": "date_format", "format": ""}'),
    ('{"op": "split", "separator": ""}'), ('{"op": "join", "separator": "' || repeat('x', 21) || '"}'), ('{"op": "number_format", "decimals": 7}'),
    ('{"op": "number_format", "decimals": -1}'),
    ('{"op": "number_format", "thousands": "ab"}'), ('{"op": "default"}'), ('{"op": "lookup"}'), ('{"op": "lookup", "map": []}'), ('{"chain": 7}'),
    ('{"op": "date_format", "format": "' || repeat('x', 101) || '"}'),
    ((select jsonb_agg('{"op": "upper"}'::jsonb)::text from generate_series(1, 11)))
) as r (rule);
select is(pg_temp.map(p.path, '{}'), 'PT422', 'no such path: ' || p.path)
from (values ('nope'), (''), ('wedding.nope'), ('class:budget'), ('everything'), ('basic'), ('guest_numbers'), ('version_number'), ('couple_id')) as p (path);
select is(pg_temp.map(p.path, '{"op": "upper"}'), 'passes', 'a path: ' || p.path)
from (values ('wedding.date'), ('wedding_date'), ('weddingDate'), ('guest_count'), ('key_moments'), ('timeline.keyMoments.name'), ('wedding')) as p (path);
select is(
    tap.outcome(
        'chef',
        format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, %L, ''wedding.date'')', tap.id('form'), n.name)
    ), n.state, 'form field ' || coalesce(left(n.name, 20), 'null')
)
from (values ('no such field', 'PT422'), (null, 'PT422'), (repeat('x', 101), '22001')) as n (name, state);
select is(
    tap.outcome('chef', format('insert into wedsync.form_fields (form_id, name, field_type) values (%L, %L, %L)', tap.id('form'), n.name, n.kind)), 'PT422',
    'a field like this: ' || left(n.name, 20) || n.kind
)
from (values ('', 'text'), (repeat('x', 101), 'text'), ('g', 'script')) as n (name, kind);
select * from finish();
rollback;

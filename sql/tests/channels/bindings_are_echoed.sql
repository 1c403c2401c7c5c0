-- proves: F002-02, F002-03, F002-15, F002-26
-- The bindings of a join come back verbatim and in order, each with an id that is never zero and the same for the same parameters.
begin;
select plan(58);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.asked(bindings jsonb, topic text default null, who text default 'emma') returns jsonb language sql
as $$ select tap.join(who, coalesce(topic, 'core_fields_' || tap.couple('emma')), jsonb_build_object('postgres_changes', bindings)) $$;
create function pg_temp.echo(joined jsonb) returns jsonb language sql
as $$ select jsonb_agg(e.v - 'id' order by e.n) from jsonb_array_elements(joined -> 'postgres_changes') with ordinality as e (v, n) $$;
create temporary table lists on commit drop as select l.v::jsonb from (values
    ('[]'), ('[{"event": "*", "schema": "public", "table": "core_fields"}]'),
    (
        '[{"event": "UPDATE", "schema": "public", "table": "core_fields", "filter": "version_number=gt.1"}, {"event": "*", "schema": "wedsync", "table": '
        '"core_fields"}, {"event": "DELETE", "schema": "*", "table": "*"}]'
    ),
    ('[{"event": "insert", "schema": "public"}, {"table": "core_fields"}, {}]'),
    ('[{"event": "*", "schema": "public", "table": "core_fields", "filter": "", "unknown": {"deep": [1, null, "x"]}}]'),
    (
        '[{"event": "*", "schema": "public", "table": "core_fields", "filter": null}, {"event": "*", "schema": "public", "table": "core_fields", "select": '
        '["partner1_name", "wedding_date"]}]'
    ),
    ('[{"event": "*", "schema": "public", "table": "core_fields"}, {"event": "*", "schema": "public", "table": "core_fields"}]')
) as l (v);
select is(coalesce(pg_temp.echo(pg_temp.asked(l.v)), '[]'), l.v, left(l.v::text, 70)) from lists as l;
select is(
    pg_temp.echo(pg_temp.asked('[null, {"event": "*", "table": "core_fields"}, null]')), '[{"event": "*", "table": "core_fields"}]',
    'nulls are ignored, as Supabase does'
);
select is((pg_temp.asked(n.v)) -> 'postgres_changes', '[]', 'nothing asked: ' || coalesce(n.v::text, 'sql null'))
from (values ('null'::jsonb), (null)) as n (v);
create temporary table ids on commit drop as
select l.v ->> 'table' as t, e.v - 'id' as entry, (e.v ->> 'id')::bigint as id
from lists as l, jsonb_array_elements(pg_temp.asked(l.v) -> 'postgres_changes') as e (v), generate_series(1, 2);
select is_empty('select id from ids where id is null or id not between 1 and 2147483647', 'every id is a number that fits and is not zero');
select is_empty('select entry from ids group by entry having count(distinct id) <> 1', 'equal parameters have equal ids');
select is((select count(distinct i.id) from ids as i), (select count(distinct i.entry) from ids as i), 'different ones different ids');

-- what is refused
select is(pg_temp.asked(x.v, x.topic) - 'ok', jsonb_build_object('code', 'InvalidBinding', 'reason', x.reason), left(x.v::text, 60)) from (values
    ('{}'::jsonb, null, 'postgres_changes must be a list of at most 100 entries'),
    ('"core_fields"', null, 'postgres_changes must be a list of at most 100 entries'), ('7', null, 'postgres_changes must be a list of at most 100 entries'),
    ('true', null, 'postgres_changes must be a list of at most 100 entries'),
    ((select jsonb_agg('{"event": "*"}'::jsonb) from generate_series(1, 101)), null, 'postgres_changes must be a list of at most 100 entries'),
    ('["x"]', null, 'every entry of postgres_changes must be an object'), ('[[]]', null, 'every entry of postgres_changes must be an object'),
    ('[1]', null, 'every entry of postgres_changes must be an object'),
    ('[{"event": "TRUNCATE"}]', null, 'event must be *, INSERT, UPDATE or DELETE'), ('[{"event": 5}]', null, 'event must be *, INSERT, UPDATE or DELETE'),
    ('[{"event": {"a": 1}}]', null, 'event must be *, INSERT, UPDATE or DELETE'), ('[{"event": ""}]', null, 'event must be *, INSERT, UPDATE or DELETE'),
    ('[{"schema": "wedsync_data", "table": "core_fields"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"schema": "pg_catalog"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"schema": 1}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": "grants"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": "audit_log"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": "client_profiles"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": "core_fields; drop table x"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": "CORE_FIELDS"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": ["core_fields"]}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": ""}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    ('[{"table": "form_responses"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)'),
    (
        '[{"table": "grants"}]', 'wedding:', (
            select format('tables published on this topic: core_fields, form_responses, %s, core_fields_audit (schema wedsync)',
                string_agg(r.record_name, ', ' order by r.position))
            from wedsync_data.record_catalog as r where r.shape = 'rows'
        )
    ),
    ('[{"table": "core_fields"}]', 'presence_', 'tables published on this topic: none'),
    ('[{"filter": "version_number=eq.1"}]', null, 'a filter requires a table'),
    ('[{"table": "*", "filter": "version_number=eq.1"}]', null, 'a filter requires a table'),
    (
        '[{"table": "core_fields", "filter": {"a": 1}}]', null,
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    (
        '[{"table": "core_fields", "filter": 5}]', null,
        'a condition has the form column=[not.]operator.value, with eq, neq, lt, lte, gt, gte, in, like, ilike, is, match, imatch or isdistinct'
    ),
    ('[{"select": ["id"]}]', null, 'select requires a table'),
    ('[{"table": "core_fields", "select": ["no_such"]}]', null, 'select names a column that does not exist'),
    ('[{"table": "core_fields", "select": [5]}]', null, 'select names a column that does not exist'),
    ('[{"table": "core_fields", "select": [null]}]', null, 'select names a column that does not exist'),
    ('[{"table": "core_fields", "select": ["id", "ctid"]}]', null, 'select names a column that does not exist'),
    ('[{"table": "core_fields"}, {"table": "nope"}]', null, 'tables published on this topic: core_fields, core_fields_audit (schema wedsync)')
) as t (v, prefix, reason), lateral (select t.v, t.reason, t.prefix || tap.couple('emma') as topic) as x;
select is(
    tap.answer(pg_temp.asked((select jsonb_agg(jsonb_build_object('event', '*', 'table', 'core_fields', 'n', g)) from generate_series(1, 100) as g))), 'ok',
    'control: 100 bindings'
);

-- a config that is none
select is(tap.answer(tap.join('emma', 'core_fields_' || tap.couple('emma'), c.v)), 'ok', 'config ' || coalesce(left(c.v::text, 40), 'sql null')) from (values
    (null::jsonb), ('null'), ('[]'), ('"x"'), ('5'), ('{"private": "maybe", "broadcast": null, "presence": null}'), ('{"private": {"a": [1]}}'),
    ((repeat('[', 3000) || repeat(']', 3000))::jsonb), (jsonb_build_object('x', repeat('y', 1000000)))
) as c (v);
select * from finish();
rollback;

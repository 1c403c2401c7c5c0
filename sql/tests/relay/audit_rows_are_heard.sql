-- proves: F000-52
-- A binding on core_fields_audit: each audience receives the rows of the trail that it may read, beside the change of the record.
begin;
select plan(19);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{guest_numbers}');
select tap.supplier('dj', 'emma', '{timeline}');
create function pg_temp.bindings(more jsonb default '{}') returns jsonb language sql as $$
    select jsonb_build_object('postgres_changes', jsonb_build_array(
        jsonb_build_object('event', 'UPDATE', 'schema', 'public', 'table', 'core_fields', 'filter', 'couple_id=eq.' || tap.couple('emma')),
        jsonb_build_object('event', 'INSERT', 'schema', 'public', 'table', 'core_fields_audit', 'filter', 'couple_id=eq.' || tap.couple('emma')) || more
    ))
$$;
select is(tap.join(w.who, 'core_fields_' || tap.couple('emma'), pg_temp.bindings()) -> 'ok', 'true', w.who || ' joins with both bindings')
from (values ('emma'), ('chef'), ('dj')) as w (who);
select tap.forget();
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 120, "budget.total": 31234}', null, 'the cousins come');
create function pg_temp.rows(who text) returns setof jsonb language sql as $$
    select h.payload -> 'data' from tap.heard(who, 'core_fields_' || tap.couple('emma')) as h
    where h.kind = 'postgres_changes' and h.payload #>> '{data,table}' = 'core_fields_audit'
$$;
select is(
    (select array_agg(r #>> '{record,changed_field}' order by r #>> '{record,changed_field}') from pg_temp.rows(w.who) as r), w.fields,
    w.who || ' receives the rows that it may read'
) from (values
    ('emma', '{budget.total,wedding.guestCount.adults,wedding.guestCount.total}'::text[]), ('chef', '{wedding.guestCount.adults,wedding.guestCount.total}'),
    ('dj', null)
) as w (who, fields);
select is(
    (select r -> 'record' from pg_temp.rows(w.who) as r where r #>> '{record,changed_field}' = 'wedding.guestCount.adults'),
    (
        select to_jsonb(v)
        from tap.rows(w.who, 'select * from wedsync.core_fields_audit where changed_field = ''wedding.guestCount.adults'' order by id desc limit 1') as v
    ),
    'just as the view shows them to ' || w.who
) from (values ('emma'), ('chef')) as w (who);
select is(
    (select array_agg(distinct r ->> 'type' || ' ' || (r ->> 'schema')) from pg_temp.rows('emma') as r), '{"INSERT wedsync"}'::text[], 'they are inserts'
);
select is(
    (
        select count(*) from tap.heard('emma', 'core_fields_' || tap.couple('emma')) as h
        where h.kind = 'postgres_changes' and h.payload #>> '{data,table}' = 'core_fields'
    ),
    1::bigint, 'the change of the record comes as before, once'
);
select is((select count(*) from pg_temp.rows('chef') as r where r::text ~ '31234|budget'), 0::bigint, 'nothing of the budget reaches a supplier');
-- changes of access show to those who manage sharing
select tap.forget();
select tap.call('emma', format('select wedsync.grant_access(%L, %L, ''{basic}'')', tap.couple('emma'), tap.firm('dj')));
select is((select count(*) from pg_temp.rows(w.who)), w.n, 'a change of access: ' || w.who) from (values ('emma', 1::bigint), ('chef', 0)) as w (who, n);
-- a filter on a column of the trail
select tap.join('emma', 'wedding:' || tap.couple('emma'), jsonb_build_object('postgres_changes', jsonb_build_array(
    jsonb_build_object('event', '*', 'schema', 'wedsync', 'table', 'core_fields_audit', 'filter', 'changed_field=eq.budget.total')
)));
select tap.forget();
select tap.patch('emma', 'emma', '{"wedding.guestCount.adults": 121, "budget.total": 5}');
select is(
    (
        select array_agg(h.payload #>> '{data,record,changed_field}') from tap.heard('emma', 'wedding:' || tap.couple('emma')) as h
        where h.kind = 'postgres_changes'
    ),
    '{budget.total}'::text[], 'lets only its rows through'
);
select is(tap.join('emma', 'core-fields', jsonb_build_object('postgres_changes', jsonb_build_array(b.binding))) ->> 'ok', b.ok, b.binding::text) from (values
    ('{"event": "INSERT", "schema": "wedsync", "table": "core_fields_audit"}'::jsonb, 'true'),
    ('{"event": "INSERT", "schema": "wedsync", "table": "core_fields_audit", "filter": "ip_address=eq.127.0.0.1"}', 'false'),
    ('{"event": "INSERT", "schema": "wedsync", "table": "core_fields_audit", "select": ["id"]}', 'false'),
    ('{"event": "INSERT", "schema": "wedsync", "table": "audit_log"}', 'false')
) as b (binding, ok);
select is(
    tap.join('chef', 'form-responses', '{"postgres_changes": [{"event": "INSERT", "schema": "wedsync", "table": "core_fields_audit"}]}') ->> 'ok', 'false',
    'channels without the record have no trail'
);
select * from finish();
rollback;

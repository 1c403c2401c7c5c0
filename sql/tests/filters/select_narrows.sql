-- proves: F002-12, F002-15
-- select limits the columns of a row change; it shows nothing that the rights hide.
begin;
select plan(12);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
create function pg_temp.picks(who text, columns jsonb) returns jsonb language sql
as $$ select tap.listen(who, 'core_fields_' || tap.couple('emma'), more => jsonb_build_object('select', columns)) $$;
select is(tap.answer(pg_temp.picks(w.who, w.columns)), 'ok', w.who)
from (values ('emma', '["partner1_name", "budget_total"]'::jsonb), ('chef', '["partner1_name", "budget_total", "private_notes"]')) as w (who, columns);
select tap.forget();
select tap.patch('emma', 'emma', '{"partner1_name": "Em", "budget.total": 7654321.25, "partner2_name": "Jim"}');
create temporary table heard on commit drop as
select w.who, r from (values ('emma'), ('chef')) as w (who), lateral tap.rows_heard(w.who, 'core_fields_' || tap.couple('emma')) as r;
select is(
    (select h.r -> 'record' from heard as h where h.who = 'emma') - '{id,couple_id}'::text[], '{"partner1_name": "Em", "budget_total": 7654321.25}',
    'just the columns asked for, and the key'
);
select ok((select h.r -> 'record' ?& '{id,couple_id}' from heard as h where h.who = 'emma'), 'the key is always there');
select is(
    (select (h.r -> 'old_record') - '{id,couple_id}'::text[] from heard as h where h.who = 'emma'), '{"partner1_name": "Emma", "budget_total": null}',
    'in the old record too'
);
select is(
    (select jsonb_agg(c.v -> 'name' order by c.v -> 'name') from heard as h, jsonb_array_elements(h.r -> 'columns') as c (v) where h.who = 'emma'),
    '["budget_total", "couple_id", "id", "partner1_name"]', 'and the list of columns says so'
);
select is((select h.r -> 'record' -> 'budget_total' from heard as h where h.who = 'chef'), 'null', 'a hidden column that is selected is null');
select ok((select not h.r -> 'old_record' ?| '{budget_total,private_notes}' from heard as h where h.who = 'chef'), 'and not in the old record');
select is((select count(*) from heard as h where h.r::text like '%7654321.25%'), 1::bigint, 'its value reaches only who may see it');

-- two bindings of one channel: one row with the columns of both, all as soon as one asks for all
select tap.join(
    'emma', 'wedding:' || tap.couple('emma'),
    '{"postgres_changes": [{"table": "core_fields", "select": ["partner1_name"]}, {"table": "core_fields", "select": ["partner2_name"]}]}'
);
select tap.join(
    'emma', 'core_fields_' || tap.couple('emma'), '{"postgres_changes": [{"table": "core_fields", "select": ["partner1_name"]}, {"table": "core_fields"}]}'
);
select tap.forget();
select tap.patch('emma', 'emma', '{"partner1_name": "E"}');
select is(
    (select array_agg(k order by k) from tap.rows_heard('emma', 'wedding:' || tap.couple('emma')) as r, jsonb_object_keys(r -> 'record') as k),
    '{couple_id,id,partner1_name,partner2_name}'::text[], 'the columns of both'
);
select ok(
    (select r -> 'record' ? 'budget_total' from tap.rows_heard('emma', 'core_fields_' || tap.couple('emma')) as r), 'one binding without select gets all'
);
select is(
    (select jsonb_array_length(h.payload -> 'ids') from tap.heard('emma', 'core_fields_' || tap.couple('emma')) as h where h.kind = 'postgres_changes'), 2,
    'one frame names both bindings'
);
select * from finish();
rollback;

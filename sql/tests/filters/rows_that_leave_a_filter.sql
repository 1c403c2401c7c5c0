-- proves: C-30, F000-52, F002-03
-- An update that takes a row out of a filter is announced once, and a deletion is filtered and authorised by what was there before.
begin;
select plan(23);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select tap.patch('emma', 'emma', '{"partner2_name": "James", "budget.total": 100}');
create function pg_temp.topic() returns text language sql as $$ select 'core_fields_' || tap.couple('emma') $$;
select tap.listen('emma', pg_temp.topic(), 'partner2_name=eq.James');
select tap.listen('chef', pg_temp.topic(), 'partner2_name=eq.James');
select tap.join('olga', 'core-fields', '{"postgres_changes": [{"table": "core_fields"}]}');
create function pg_temp.told(who text) returns text language sql
as $$
    select coalesce(string_agg(r ->> 'type' || ' ' || coalesce(r #>> '{record,partner2_name}', r #>> '{old_record,partner2_name}'), ', '), '')
    from tap.rows_heard(who, pg_temp.topic()) as r
$$;

select tap.forget();
select tap.patch('emma', 'emma', '{"partner2_name": "Jim"}');
select is(pg_temp.told(w.who), 'UPDATE Jim', w.who || ' is told of the row that leaves') from (values ('emma'), ('chef')) as w (who);
select is(r #>> '{old_record,partner2_name}', 'James', w.who || ' with what it was before')
from (values ('emma'), ('chef')) as w (who), lateral tap.rows_heard(w.who, pg_temp.topic()) as r;
select tap.forget();
select tap.patch('emma', 'emma', '{"partner2_name": "Jon"}');
select is(pg_temp.told(w.who), '', w.who || ' hears no more of it') from (values ('emma'), ('chef')) as w (who);
select tap.forget();
select tap.patch('emma', 'emma', '{"partner2_name": "James", "budget.total": 200}');
select is(pg_temp.told(w.who), 'UPDATE James', w.who || ' hears that it is back') from (values ('emma'), ('chef')) as w (who);
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 300}');
select is(pg_temp.told(w.who), w.told, w.who || ': a hidden change inside the filter') from (values ('emma', 'UPDATE James'), ('chef', '')) as w (who, told);
-- a filter on several columns: one of them failing is enough to leave
select tap.listen('emma', pg_temp.topic(), 'partner2_name=eq.James,budget_total=gt.250');
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 1}');
select is(pg_temp.told('emma'), 'UPDATE James', 'it leaves by the second condition');
select tap.forget();
select tap.patch('emma', 'emma', '{"budget.total": 2}');
select is(pg_temp.told('emma'), '', 'and is gone');

-- deletion
select tap.listen('emma', pg_temp.topic(), 'partner2_name=eq.James');
select tap.forget();
select tap.run(null, format('delete from wedsync_data.core_fields where couple_id = %L', tap.couple('emma')), 'wedsync_admin');
select is(pg_temp.told(w.who), 'DELETE James', w.who || ' is told of the deletion') from (values ('emma'), ('chef')) as w (who);
select is(r -> 'record', null, w.who || ': no new row') from (values ('emma'), ('chef')) as w (who), lateral tap.rows_heard(w.who, pg_temp.topic()) as r;
select is(r #> '{old_record,budget_total}', w.budget::jsonb, w.who || ': the old row as its rights had it')
from (values ('emma', '2.00'), ('chef', 'null')) as w (who, budget), lateral tap.rows_heard(w.who, pg_temp.topic()) as r;
select is_empty('select tap.heard(''olga'', ''core-fields'')', 'a stranger hears nothing of it at all');

-- kinds of change
select tap.wedding('ada');
select tap.listen('ada', 'core_fields_' || tap.couple('ada'), event => e.event) from (values ('INSERT')) as e (event);
select tap.listen('ada', 'wedding:' || tap.couple('ada'), event => 'DELETE');
select tap.forget();
select tap.patch('ada', 'ada', '{"partner2_name": "Bob"}');
select tap.call('ada', format('select wedsync.add_list_element(%L, ''key_moments'', ''{"name": "Cake"}'')', tap.couple('ada')));
select is_empty(
    'select tap.rows_heard(''ada'', c.prefix || tap.couple(''ada'')) from (values (''core_fields_''), (''wedding:'')) as c (prefix)',
    'an update is neither an insertion nor a deletion'
);
select tap.run(null, format('delete from wedsync_data.core_fields where couple_id = %L', tap.couple('ada')), 'wedsync_admin');
select is((select array_agg(r ->> 'type') from tap.rows_heard('ada', 'wedding:' || tap.couple('ada')) as r), '{DELETE}'::text[], 'a deletion is');
select is_empty('select tap.rows_heard(''ada'', ''core_fields_'' || tap.couple(''ada''))', 'and no insertion');
insert into wedsync_data.core_fields (couple_id, partner1_name) values (tap.couple('ada'), 'Ada');
select is(
    (select array_agg(r ->> 'type' || (r #>> '{record,partner1_name}')) from tap.rows_heard('ada', 'core_fields_' || tap.couple('ada')) as r),
    '{INSERTAda}'::text[], 'an insertion is one'
);
select * from finish();
rollback;

-- proves: F000-96
-- A rule of ten steps that joins and splits by turns made gigabytes out of a note.
begin;
select plan(3);
set local statement_timeout = '10s';
select results_eq(
    $$ select t.problem from wedsync_internal.transform_value(
        to_jsonb(repeat('a,', 2500)),
        (
            select jsonb_agg(case when i % 2 = 1 then '{"op": "split"}' else '{"op": "join", "separator": ",a,a,a,a,a,a,a,a,a,"}'::jsonb end)
            from generate_series(1, 10) as i
        )
    ) as t $$,
    array['longer than 1 MB'], 'a value that grows too long is reported'
);
select results_eq(
    $$ select length(t.result #>> '{}') from wedsync_internal.transform_value(
        to_jsonb(repeat('a,', 2500)), '[{"op": "split"}, {"op": "join", "separator": " "}]') as t $$,
    array[4999], 'a long one is not'
);
select tap.become('baker');
create temporary table shop on commit drop as select wedsync.register_supplier('Cakes', 'baker') as id;
insert into wedsync.forms (supplier_id, name) select s.id, 'Cake' from shop as s;
create temporary table made on commit drop as select f.id from wedsync.forms as f;
insert into wedsync.form_fields (form_id, name) select m.id, 'name' from made as m;
select throws_ok(
    $$ insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path, transformation_rule)
    select m.id, 'name', 'wedding.date', jsonb_build_object('op', 'default', 'value', (select jsonb_agg(1e131071) from generate_series(1, 2000))) from made as m $$,
    'PT422', null, 'a rule is at most 16384 bytes long'
);
select tap.back();
select * from finish();
rollback;

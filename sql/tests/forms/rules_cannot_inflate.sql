-- proves: F001-24
-- A rule of ten steps that joins and splits by turns made gigabytes out of a note.
begin;
select plan(6);
set local statement_timeout = '10s';
select results_eq(
    $$ select t.problem from wedsync_internal.transform_value(
        to_jsonb(repeat('a,', 2500)),
        (
            select jsonb_agg(case when i % 2 = 1 then '{"op": "split"}' else '{"op": "join", "separator": ",a,a,a,a,a,a,a,a,a,"}'::jsonb end)
            from generate_series(1, 10) as i
        )
    ) as t $$,
    array['the result exceeds 1 MB'], 'a value that grows too long is reported'
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
    select m.id, 'name', 'wedding.date', jsonb_build_object('op', 'default', 'value', (select jsonb_agg(1e131071) from generate_series(1, 2000)))
    from made as m $$,
    'PT422', null, 'a rule is at most 16384 bytes long'
);
select tap.back();
-- each value is below its limit, all together would be forty megabytes
select null from tap.wedding('emma');
insert into wedsync_data.connections (couple_id, supplier_id) select tap.couple('emma'), s.id from shop as s;
insert into wedsync_data.grants (couple_id, grantee_kind, grantee_id, field_name, can_read, can_write, state, readable, writable)
select tap.couple('emma'), 'supplier', s.id, 'full', true, false, 'approved', n.mask, repeat('0', 128)::bit(128) from shop as s
join wedsync_data.field_names as n on n.name = 'full';
select tap.patch('emma', 'emma', jsonb_build_object('ceremony_venue.notes', repeat('a,', 2499))) is not null as noted;
insert into wedsync_data.form_fields (form_id, name) select m.id, 'long ' || n from made as m, generate_series(1, 60) as n;
insert into wedsync_data.core_field_mappings (form_id, form_field_name, core_field_path, transformation_rule)
select m.id, 'long ' || n, 'wedding.ceremonyVenue.notes',
    '[{"op": "split"}, {"op": "join", "separator": ",a,a,a,a,a,a,a,a,a,"}, {"op": "split"}, {"op": "join", "separator": ",a,a,a,a,a,a,a,a,a,"}]'
from made as m, generate_series(1, 60) as n;
create temporary table filled on commit drop as select tap.call('baker', format('select wedsync.populate_form(%L, %L)', m.id, tap.couple('emma')))::jsonb as a
from made as m;
select cmp_ok(octet_length((a -> 'data')::text), '<=', 4200000, 'a form is at most four megabytes long') from filled;
select cmp_ok((select count(*) from jsonb_object_keys(a -> 'data')), '>', 1::bigint, 'control: it is not empty') from filled;
select ok(a -> 'problems' @> '[{"problem": "the filled form would exceed 4 MB"}]', 'and what does not fit is listed') from filled;
select * from finish();
rollback;

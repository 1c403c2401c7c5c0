-- proves: F000-38, C-21, C-28, F003-60, F001-24
-- Forms, fields and mappings are a supplier's own: connected couples read them, nobody else sees or writes them.
begin;
select no_plan();
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('rival');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L)', tap.firm('chef'), tap.id('waiter')), 'service_role');
select tap.run('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'')', tap.id('menu'), tap.firm('chef')));
select tap.run('waiter', format('insert into wedsync.form_fields (form_id, name) values (%L, ''guests'')', tap.id('menu')));
select tap.run('waiter', format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''guests'', ''guest_count'')', tap.id('menu')));
select tap.run('rival', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Rival'')', tap.id('rival'), tap.firm('rival')));

select is(tap.call(w.who, format('select count(*) from wedsync.%I', v.name)), w.n, format('%s seen by %s', v.name, w.who))
from (values ('forms'), ('form_fields'), ('core_field_mappings')) as v (name), (values ('chef', '1'), ('waiter', '1'), ('emma', '1'), ('stranger', '0')) as w (who, n);
select is(tap.error(null, format('select * from wedsync.%I', v.name), 'anon') ->> 'sqlstate', '42501', 'anonymous reads no ' || v.name) from (values ('forms'), ('form_fields'), ('core_field_mappings')) as v (name);
select is(coalesce(tap.error(w.who, s.statement) ->> 'sqlstate', 'nothing'), case when s.statement like 'insert%' then '42501' else 'nothing' end, format('%s: %s', w.who, s.statement))
from (values ('rival'), ('emma'), ('stranger')) as w (who), (values
    (format('insert into wedsync.forms (supplier_id, name) values (%L, ''x'')', tap.firm('chef'))), (format('insert into wedsync.form_fields (form_id, name) values (%L, ''x'')', tap.id('menu'))),
    (format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''guests'', ''wedding_date'')', tap.id('menu'))),
    (format('update wedsync.forms set name = ''stolen'' where id = %L', tap.id('menu'))), (format('delete from wedsync.forms where id = %L', tap.id('menu'))),
    (format('update wedsync.form_fields set label = ''stolen'' where form_id = %L', tap.id('menu'))), (format('delete from wedsync.form_fields where form_id = %L', tap.id('menu'))),
    (format('update wedsync.core_field_mappings set core_field_path = ''budget.total'' where form_id = %L', tap.id('menu'))), (format('delete from wedsync.core_field_mappings where form_id = %L', tap.id('menu'))),
    (format('update wedsync_data.forms set name = ''stolen'' where id = %L', tap.id('menu'))), (format('delete from wedsync_data.core_field_mappings where form_id = %L', tap.id('menu')))
) as s (statement);
select is((select (f.name, g.label, m.core_field_path)::text from wedsync_data.forms as f join wedsync_data.form_fields as g on g.form_id = f.id join wedsync_data.core_field_mappings as m on m.form_id = f.id where f.id = tap.id('menu')),
    '(Menu,,guest_count)', 'nothing of it was changed');
select is(tap.error('chef', format('update wedsync.forms set supplier_id = %L where id = %L', tap.firm('rival'), tap.id('menu'))) ->> 'sqlstate', '42501', 'a form is not given to another supplier');
select is(tap.error('chef', format('update wedsync_data.forms set supplier_id = %L where id = %L', tap.firm('rival'), tap.id('menu'))) ->> 'sqlstate', '42501', 'through the table neither');
select is(tap.error('chef', format('update wedsync.core_field_mappings set form_id = %L where form_id = %L', tap.id('rival'), tap.id('menu'))) is not null, true, 'nor a mapping moved to a form of another');
select is(tap.run('waiter', format('update wedsync.forms set name = ''Menu 2'' where id = %L', tap.id('menu'))), 1::bigint, 'control: staff changes its own');
select is(tap.error('chef', format('insert into wedsync.forms (supplier_id, name) values (%L, %L)', tap.firm('chef'), n.name)) ->> 'sqlstate', '23514', 'a name like this: ' || left(n.name, 10)) from (values (''), ('  '), (repeat('x', 201))) as n (name);
select is(tap.error('chef', format('insert into wedsync.form_fields (form_id, name) values (%L, ''guests'')', tap.id('menu'))) ->> 'sqlstate', '23505', 'one field of a name');
select is(tap.error('chef', format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''guests'', ''wedding_date'')', tap.id('menu'))) ->> 'sqlstate', '23505', 'one mapping per field');
select is(tap.run('chef', format('update wedsync.form_fields set name = ''people'' where form_id = %L', tap.id('menu'))), 1::bigint, 'a renamed field');
select is((select m.form_field_name::text from wedsync_data.core_field_mappings as m where m.form_id = tap.id('menu')), 'people', 'keeps its mapping');
select is(tap.run('chef', format('delete from wedsync.forms where id = %L', tap.id('menu'))), 1::bigint, 'a form removed');
select is((select count(*) from wedsync_data.core_field_mappings where form_id = tap.id('menu')), 0::bigint, 'takes its fields and mappings along');
select * from finish();
rollback;

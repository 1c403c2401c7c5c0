-- proves: F000-38, C-21, C-28, F003-60, F001-24
-- Forms, fields and mappings are a supplier's own: connected couples read them, nobody else sees or writes them.
begin;
select plan(75);
select tap.wedding('emma');
select tap.supplier('chef', 'emma', '{basic}');
select tap.supplier('rival');
select tap.call('chef', format('select wedsync.add_supplier_member(%L, %L)', tap.firm('chef'), tap.id('waiter')), 'service_role');
select tap.run('chef', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Menu'')', tap.id('menu'), tap.firm('chef')));
select tap.run('waiter', format('insert into wedsync.form_fields (form_id, name) values (%L, ''guests'')', tap.id('menu')));
select tap.run(
    'waiter',
    format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''guests'', ''guest_count'')', tap.id('menu'))
);
select tap.run('rival', format('insert into wedsync.forms (id, supplier_id, name) values (%L, %L, ''Rival'')', tap.id('rival'), tap.firm('rival')));

select is(tap.call(w.who, format('select count(*) from wedsync.%I', v.name)), w.n, format('%s seen by %s', v.name, w.who))
from (values ('forms'), ('form_fields'), ('core_field_mappings')) as v (name),
    (values ('chef', '1'), ('waiter', '1'), ('emma', '1'), ('stranger', '0')) as w (who, n);
select is(tap.error(null, format('select * from wedsync.%I', v.name), 'anon') ->> 'sqlstate', '42501', 'anonymous reads no ' || v.name)
from (values ('forms'), ('form_fields'), ('core_field_mappings')) as v (name);
select is(
    coalesce(tap.error(w.who, s.statement) ->> 'sqlstate', 'nothing'), case when s.statement like 'insert%' then 'PT404' else 'nothing' end,
    format('%s: %s', w.who, s.statement)
)
from (values ('rival'), ('emma'), ('stranger')) as w (who), (values
    (format('insert into wedsync.forms (supplier_id, name) values (%L, ''x'')', tap.firm('chef'))),
    (format('insert into wedsync.form_fields (form_id, name) values (%L, ''x'')', tap.id('menu'))),
    (format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''guests'', ''wedding_date'')', tap.id('menu'))),
    (format('update wedsync.forms set name = ''stolen'' where id = %L', tap.id('menu'))), (format('delete from wedsync.forms where id = %L', tap.id('menu'))),
    (format('update wedsync.form_fields set label = ''stolen'' where form_id = %L', tap.id('menu'))),
    (format('delete from wedsync.form_fields where form_id = %L', tap.id('menu'))),
    (format('update wedsync.core_field_mappings set core_field_path = ''budget.total'' where form_id = %L', tap.id('menu'))),
    (format('delete from wedsync.core_field_mappings where form_id = %L', tap.id('menu'))),
    (format('update wedsync_data.forms set name = ''stolen'' where id = %L', tap.id('menu'))),
    (format('delete from wedsync_data.core_field_mappings where form_id = %L', tap.id('menu')))
) as s (statement);
select is((
    select (f.name, g.label, m.core_field_path)::text from wedsync_data.forms as f join wedsync_data.form_fields as g on g.form_id = f.id
    join wedsync_data.core_field_mappings as m on m.form_id = f.id where f.id = tap.id('menu')
),
    '(Menu,,guest_count)', 'nothing of it was changed');
select is(
    tap.error('chef', format('update wedsync.forms set supplier_id = %L where id = %L', tap.firm('rival'), tap.id('menu'))) ->> 'sqlstate', '42501',
    'a form is not given to another supplier'
);
select is(
    tap.error('chef', format('update wedsync_data.forms set supplier_id = %L where id = %L', tap.firm('rival'), tap.id('menu'))) ->> 'sqlstate', 'PT404',
    'through the table neither'
);
select is(
    tap.error('chef', format('update wedsync.core_field_mappings set form_id = %L where form_id = %L', tap.id('rival'), tap.id('menu'))) is not null, true,
    'nor a mapping moved to a form of another'
);
select is(tap.run('waiter', format('update wedsync.forms set name = ''Menu 2'' where id = %L', tap.id('menu'))), 1::bigint, 'control: staff changes its own');
-- wrong values get errors of the catalogue, which say what is wrong
select is(
    jsonb_path_query_array(
        tap.error('chef', x.statement), '$.detail.problems[*].path'
    ) || jsonb_path_query_array(tap.error('chef', x.statement), '$.detail.problems[*].rule'), x.told, x.statement
)
from (values
    (format('insert into wedsync.forms (supplier_id, name) values (%L, %L)', tap.firm('chef'), ''), '["name", "not_blank"]'::jsonb),
    (format('insert into wedsync.forms (supplier_id, name) values (%L, %L)', tap.firm('chef'), '  '), '["name", "not_blank"]'),
    (format('insert into wedsync.forms (supplier_id, name) values (%L, null)', tap.firm('chef')), '["name", "not_blank"]'),
    (
        format('insert into wedsync.forms (supplier_id, name, description) values (%L, repeat(''x'', 201), repeat(''x'', 2001))', tap.firm('chef')),
        '["name", "description", "at_most_200_characters", "at_most_2000_characters"]'
    ),
    (format('update wedsync.forms set name = '' '' where id = %L', tap.id('menu')), '["name", "not_blank"]'),
    (format('insert into wedsync.form_fields (form_id, name) values (%L, null)', tap.id('menu')), '["name", "required"]'),
    (format(
        'insert into wedsync.form_fields (form_id, name, label, field_type) values (%L, repeat(''x'', 101), repeat(''x'', 301), ''colour'')', tap.id('menu')
    ),
        '["name", "label", "field_type", "at_most_100_characters", "at_most_300_characters", "known_type"]'),
    (
        format('insert into wedsync.form_fields (form_id, name, is_required, "position", field_type) values (%L, ''x'', null, null, null)', tap.id('menu')),
        '["field_type", "is_required", "position", "known_type", "true_or_false", "whole_number"]'
    ),
    (
        format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''nobody'', ''guest_cuont'')', tap.id('menu')),
        '["form_field_name", "core_field_path", "known_form_field", "path_of_the_field_catalogue"]'
    ),
    (format(
        'insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path, transformation_rule, auto_populate) values (%L, ''guests'', '
        '''guest_count'', null, null)',
        tap.id('menu')
    ),
        '["transformation_rule", "auto_populate", "object_or_array_of_objects", "true_or_false"]')
) as x (statement, told);
select is(tap.error('chef', x.statement) ->> 'sqlstate', 'PT404', x.statement)
from (values
    ('insert into wedsync.forms (supplier_id, name) values (null, ''x'')'), ('insert into wedsync.forms (supplier_id, name) values (gen_random_uuid(), ''x'')'),
    ('insert into wedsync.form_fields (form_id, name) values (null, ''x'')'),
    ('insert into wedsync.form_fields (form_id, name) values (gen_random_uuid(), ''x'')'),
    ('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (gen_random_uuid(), ''x'', ''guest_count'')')
) as x (statement);
select is(
    tap.run(
        'chef',
        format(
            'insert into wedsync.form_fields (form_id, name) values (%L, ''guests'') on conflict (form_id, name) do update set label = ''How many?''',
            tap.id('menu')
        )
    ), 1::bigint, 'an upsert goes through'
);
select is(
    tap.error('chef', format('insert into wedsync.form_fields (form_id, name) values (%L, ''guests'')', tap.id('menu'))) ->> 'sqlstate', '23505',
    'one field of a name'
);
select is(
    tap.error(
        'chef',
        format('insert into wedsync.core_field_mappings (form_id, form_field_name, core_field_path) values (%L, ''guests'', ''wedding_date'')', tap.id('menu'))
    ) ->> 'sqlstate', '23505', 'one mapping per field'
);
select is(tap.run('chef', format('update wedsync.form_fields set name = ''people'' where form_id = %L', tap.id('menu'))), 1::bigint, 'a renamed field');
select is((select m.form_field_name::text from wedsync_data.core_field_mappings as m where m.form_id = tap.id('menu')), 'people', 'keeps its mapping');
select is(tap.run('chef', format('delete from wedsync.forms where id = %L', tap.id('menu'))), 1::bigint, 'a form removed');
select is((select count(*) from wedsync_data.core_field_mappings where form_id = tap.id('menu')), 0::bigint, 'takes its fields and mappings along');
select * from finish();
rollback;

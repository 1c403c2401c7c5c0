-- proves: F000-42, F000-49, F000-54, C-23
-- A column and a row of the catalogue make a field: of core fields, of a list, and of a record of rows.
begin;
select plan(29);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id('fred'), 'family'), 'service_role');
select tap.supplier('full', 'emma', '{full}', '{full}'), tap.supplier('basic', 'emma', '{basic}');
select tap.gifts();
-- the engine works in a transaction that has changed rows before
create temporary table elements on commit drop as
select tap.call('emma', format('select wedsync.add_list_element(%L, %L, %L) ->> ''id''', tap.couple('emma'), 'key_moments', '{"name": "Kiss"}'))::uuid as id;
select tap.run('emma', format('insert into wedsync.gifts (couple_id, id, name) values (%L, %L, ''Vase'')', tap.couple('emma'), tap.id('vase')));
set constraints all immediate;

set local role wedsync_owner;
alter table wedsync_data.core_fields add column hashtag text;
comment on column wedsync_data.core_fields.hashtag is 'Hashtag for pictures.';
alter table wedsync_data.key_moments add column song text;
alter table wedsync_data.gifts add column wrapping text;
insert into wedsync_data.rights (right_no, name) values (105, 'wedding.hashtag'), (106, 'timeline.keyMoments.song'), (107, 'gifts.wrapping');
insert into wedsync_data.field_catalog (
    table_name, right_no, path, aliases, column_name, json_key, storage, data_type, max_length, field_group, access_level, sensitivity_class, description
) values
('core_fields', 105, 'wedding.hashtag', '{hash}', 'hashtag', null, 'column', 'text', 30, 'wedding_basics', 'standard', 'contact', 'Hashtag'),
('key_moments', 106, 'timeline.keyMoments.song', '{}', 'key_moments', 'song', 'element', 'text', 50, 'timeline', 'standard', 'basic', 'Key moment: song'),
('gifts', 107, 'gifts.wrapping', '{}', 'wrapping', null, 'column', 'text', 20, 'gifts', 'standard', 'basic', 'Gift: wrapping');
reset role;
select tap.answer(
    tap.join(p.who, 'wedding:' || tap.couple('emma'), '{"postgres_changes": [{"event": "*", "schema": "public", "table": "*"}]}')
) from (values ('emma'), ('fred'), ('full')) as p (who);
select tap.forget();

-- core fields
select is(
    (tap.patch('full', 'emma', '{"hash": "#EmmaAndJames"}')) -> 'changed', '["wedding.hashtag"]', 'a supplier with the level may write it, by any of its names'
);
select is(
    tap.patch_rules('emma', 'emma', jsonb_build_object('hashtag', repeat('x', 31))), '{"hashtag": "at_most_30_characters"}', 'within the limit of the catalogue'
);
select is(tap.patch_error('fred', 'emma', '{"hashtag": "#fred"}') ->> 'sqlstate', '42501', 'and nobody without the right');
select is(
    tap.call(r.who, format('select hashtag from wedsync.core_fields where couple_id = %L', tap.couple('emma'))), r.reads,
    r.who || ' reads it in the view as due'
)
from (values ('emma', '#EmmaAndJames'), ('full', '#EmmaAndJames'), ('fred', null), ('basic', null)) as r (who, reads);
select ok(
    tap.call('fred', format('select ''wedding.hashtag'' = any (withheld_fields) from wedsync.core_fields where couple_id = %L', tap.couple('emma')))::boolean,
    'which says that it is withheld'
);
select is(
    tap.call('emma', format('select wedsync.get_core_fields(%L) #>> ''{wedding,hashtag}''', tap.couple('emma'))), '#EmmaAndJames', 'it stands in the document'
);
select is(
    tap.call('emma', format('select wedsync.core_fields_as_of(%L, clock_timestamp()) #>> ''{wedding,hashtag}''', tap.couple('emma'))), '#EmmaAndJames',
    'and in that of the past'
);
select is(
    tap.run('emma', format('update wedsync.core_fields set hashtag = ''#EJ'' where couple_id = %L', tap.couple('emma'))), 1::bigint,
    'it is written through the view'
);
select is(
    tap.run(null, format('update wedsync_data.core_fields set hashtag = ''#JE'' where couple_id = %L', tap.couple('emma')), 'service_role'), 1::bigint,
    'by a server directly'
);
select results_eq(
    $$ select l.old_value, l.new_value from wedsync_data.audit_log as l where l.path = 'wedding.hashtag' order by l.chain_no $$,
    $$ values (null::jsonb, '"#EmmaAndJames"'::jsonb), ('"#EmmaAndJames"', '"#EJ"'), ('"#EJ"', '"#JE"') $$, 'each change is audited'
);
select results_eq(
    format(
        $$ select h.payload #>> '{record,hashtag}' from tap.rows_heard('full', 'wedding:%s') as h (payload) $$, tap.couple('emma')
    ), array['#EmmaAndJames', '#EJ', '#JE'], 'and received by who may see it'
);
select is((select count(*) from tap.heard('fred', 'wedding:' || tap.couple('emma')) as h), 0::bigint, 'by nobody else');
select is(
    tap.call(
        'emma',
        format(
            'select wedsync.revert_change(%L, %s) -> ''changed''', tap.couple('emma'),
            (select max(l.id) from wedsync_data.audit_log as l where l.path = 'wedding.hashtag')
        )
    ),
    '["wedding.hashtag"]', 'a change can be reverted'
);
select is(
    (
        select array_agg(
            c.column_name::text order by c.ordinal_position
        ) from information_schema.columns as c where c.table_schema = 'wedsync' and c.table_name = 'core_fields'
        and c.column_name in ('withheld_fields', 'hashtag')
    ),
    '{withheld_fields,hashtag}', 'columns that were there keep their place'
);

-- a list
select is(
    tap.patch(
        'full', 'emma', jsonb_build_object(format('timeline.keyMoments.%s.song', e.id), 'At Last')
    ) -> 'changed', jsonb_build_array(format('timeline.keyMoments/%s/song', e.id)),
    'a new key of list elements is written'
) from elements as e;
select is(
    tap.call(r.who, format('select key_moments #> ''{0,song}'' from wedsync.core_fields where couple_id = %L', tap.couple('emma'))), r.reads,
    r.who || ' reads it as due'
)
from (values ('emma', '"At Last"'), ('full', '"At Last"'), ('fred', null)) as r (who, reads);
select isnt_empty($$ select from wedsync_data.audit_log as l where l.path like '%/song' and l.new_value = '"At Last"' $$, 'and audited');

-- rows
select is(
    tap.run('full', format('update wedsync.gifts set wrapping = ''gold'' where couple_id = %L', tap.couple('emma'))), 1::bigint,
    'a new field of rows is written'
);
select is(tap.call(r.who, format('select wrapping from wedsync.gifts where couple_id = %L', tap.couple('emma'))), r.reads, r.who || ' reads it as due')
from (values ('emma', 'gold'), ('full', 'gold'), ('fred', null)) as r (who, reads);
select is(
    (
        select h.payload #>> '{old_record,wrapping}' from tap.rows_heard(
            'full', 'wedding:' || tap.couple('emma')
        ) as h (payload) where h.payload ->> 'table' = 'gifts'
    ),
    null, 'it is received'
);
select is(
    (
        select h.payload #>> '{record,wrapping}' from tap.rows_heard(
            'full', 'wedding:' || tap.couple('emma')
        ) as h (payload) where h.payload ->> 'table' = 'gifts'
    ),
    'gold', 'with its value'
);

-- a limit that changes
set local role wedsync_admin;
update wedsync_data.field_catalog set max_length = 3 where path = 'gifts.wrapping';
reset role;
select is(
    tap.error(
        'emma', format('update wedsync.gifts set wrapping = ''silver'' where couple_id = %L', tap.couple('emma'))
    ) #>> '{detail,problems,0,rule}', 'at_most_3_characters', 'a row that changes is followed at once'
);
select * from finish();
rollback;

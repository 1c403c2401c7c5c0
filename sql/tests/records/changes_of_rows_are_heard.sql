-- proves: F000-54, F000-57, F002-13, C-30
-- What follows from a change of rows that stand in the catalogue only: versions, audit, events and what each audience receives of them.
begin;
select plan(31);
select tap.wedding('emma');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.gifts();
create function pg_temp.clock() returns wedsync_data.wedding_clocks language sql as $$ select k from wedsync_data.wedding_clocks as k
    where k.couple_id = tap.couple('emma') $$;
create function pg_temp.all_rows() returns jsonb language sql as $$ select jsonb_agg(to_jsonb(g) order by g.id) from wedsync_data.gifts as g $$;
select tap.answer(
    tap.join(
        p.who, 'wedding:' || tap.couple('emma'),
        '{"postgres_changes": [{"event": "*", "schema": "public", "table": "gifts"}, {"event": "INSERT", "schema": "public", "table": "core_fields_audit"}]}'
    )
)
from (values ('emma'), ('fred'), ('frank')) as p (who);
select tap.forget();
create temporary table before on commit drop as select c.* from pg_temp.clock() as c;
select tap.run(null, format($$
    insert into wedsync_data.gifts (couple_id, id, name, giver, price, details) values (
        %1$L, %2$L, 'Vase', 'Aunt Ada', 12.5, '{"colour": "crimson"}'
    ), (%1$L, %3$L, 'Pan', null, null, '{}')
$$, tap.couple('emma'), tap.id('vase'), tap.id('pan')), 'service_role');

-- one change
select is(
    (select jsonb_build_array(c.version - b.version, c.seq - b.seq, c.chain_no - b.chain_no) from pg_temp.clock() as c, before as b), '[1, 2, 1]',
    'a statement is one version and one link, with an event for each row'
);
select is(
    (select jsonb_agg(distinct jsonb_build_array(g.version_number, g.updated_at, g.created_at)) from wedsync_data.gifts as g),
    (
        select jsonb_build_array(jsonb_build_array(c.version, c.changed_at, c.changed_at)) from pg_temp.clock() as c
    ), 'rows carry version and time of their change'
);
create temporary view trail as
select l.* from wedsync_data.audit_log as l where l.couple_id = tap.couple('emma') and l.table_name = 'gifts';
select set_eq(
    $$ select t.path, t.right_no::integer, t.old_value, t.new_value, t.change_type from trail as t $$,
    format($$ values
        ('gifts/%1$s', 100, null::jsonb, '{"name": "Vase", "shop": null, "letters": 4}'::jsonb, 'create'),
        ('gifts/%1$s', 101, null, '{"giver": "Aunt Ada"}', 'create'), ('gifts/%1$s', 102, null, '{"price": 12.50}', 'create'),
        ('gifts/%1$s', 103, null, '{"details": {"colour": "crimson"}}', 'create'), ('gifts/%1$s', 104, null, '{"is_thanked": false}', 'create'),
        ('gifts/%2$s', 100, null, '{"name": "Pan", "shop": null, "letters": 3}', 'create'),
        ('gifts/%2$s', 103, null, '{"details": {}}', 'create'), ('gifts/%2$s', 104, null, '{"is_thanked": false}', 'create') $$, tap.id('vase'), tap.id('pan')),
    'of a new row one audit row for each right with values'
);
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'in the chain');
select is(
    (
        select jsonb_agg(t.t -> 'new_value' order by t.t #>> '{new_value,name}')
        from tap.rows('fred', format('select * from wedsync.get_audit_trail(%L, 100)', tap.couple('emma'))) as t (t) where t.t ->> 'field' like 'gifts/%'
    ), '[{"name": "Pan", "shop": null, "letters": 3}, {"name": "Vase", "shop": null, "letters": 4}]', 'the trail shows to each what he may see'
);

-- what is received
select is(
    (select count(*) from tap.heard('emma', 'wedding:' || tap.couple('emma')) as h where h.kind = 'broadcast'), 2::bigint, 'a partner hears of both rows'
);
select is(
    (
        select jsonb_agg(h.payload #> '{payload,data}' order by h.payload #> '{payload,data}') from tap.heard('fred', 'wedding:' || tap.couple('emma')) as h
        where h.kind = 'broadcast'
    ),
    (
        select jsonb_agg(d.data order by d.data)
        from tap.rows('fred', 'select * from wedsync.gifts') as r (r)
        cross join lateral (
            select jsonb_object_agg('gifts/' || (r.r ->> 'id') || '/' || c.name, r.r -> c.name) as data from unnest('{name,shop,letters}'::text[]) as c (name)
        ) as d
    ), 'a new row is broadcast with the values that each may see'
);
select is(
    (
        select jsonb_agg(e.e -> 'changes' order by (e.e ->> 'seq')::bigint)
        from tap.rows('fred', format('select * from wedsync.event_history(%L, 0)', tap.couple('emma'))) as e (e) where e.e ->> 'table_name' = 'gifts'
    ),
    (
        select jsonb_agg(h.payload #> '{payload,data}' order by h.seq) from tap.heard('fred', 'wedding:' || tap.couple('emma')) as h
        where h.kind = 'broadcast'
    ), 'and stands so in the history'
);
select is(
    (
        select jsonb_agg(
            r.r -> 'record' order by r.r #>> '{record,name}' desc
        ) from tap.rows_heard('emma', 'wedding:' || tap.couple('emma')) as r (r) where r.r ->> 'table' = 'gifts'
    ),
    (select jsonb_agg(r.r order by r.r ->> 'name' desc) from tap.rows('emma', 'select * from wedsync.gifts') as r (r)), 'as rows of the view'
);
select is(
    (
        select jsonb_agg(
            r.r -> 'record' order by r.r #>> '{record,name}' desc
        ) from tap.rows_heard('fred', 'wedding:' || tap.couple('emma')) as r (r) where r.r ->> 'table' = 'gifts'
    ),
    (
        select jsonb_agg(r.r order by r.r ->> 'name' desc) from tap.rows('fred', 'select * from wedsync.gifts') as r (r)
    ), 'one of the family receives them as his view shows them'
);
select is(
    (select jsonb_agg(h.payload #> '{payload,data}' order by h.seq) from tap.heard('fred', 'wedding:' || tap.couple('emma')) as h where h.kind = 'broadcast'),
    (
        select jsonb_agg(
            jsonb_build_object(
                format('gifts/%s/name', g.id), g.name, format('gifts/%s/letters', g.id), g.letters, format('gifts/%s/shop', g.id), null
            ) order by g.id
        )
        from wedsync_data.gifts as g
    ), 'and broadcasts of no more'
);
select is(
    (select count(*) from tap.heard('frank', 'wedding:' || tap.couple('emma')) as h where h.kind <> 'cursor'), 0::bigint, 'who sees no gifts hears of none'
);
select results_eq(
    format(
        $$ select h.r #>> '{record,changed_field}' from tap.rows_heard('fred', 'wedding:%s') as h (r) where h.r ->> 'table' = 'core_fields_audit' order by 1 $$,
        tap.couple('emma')
    ),
    $$ select t.path from trail as t join wedsync_data.rights as n using (right_no) where n.name = 'gifts.name' order by 1 $$,
    'audit rows are received once each'
);
select is(
    (select count(*) from tap.heard('emma', 'wedding:' || tap.couple('emma')) as h where h.payload::text like '%no catalogue%'), 0::bigint,
    'a column that is no field is in no frame'
);

-- a change that shows to some only
select tap.forget();
select is(
    tap.run('paula', format('update wedsync.gifts set giver = ''Uncle Ugo'' where couple_id = %L and id = %L', tap.couple('emma'), tap.id('vase'))), 1::bigint,
    'a planner changes a field'
);
select is((select count(*) from tap.heard('fred', 'wedding:' || tap.couple('emma')) as h), 0::bigint, 'who may not see it hears nothing');
select is(
    (
        select r.r - '{ids,record,columns,commit_timestamp}'::text[] from tap.rows_heard(
            'emma', 'wedding:' || tap.couple('emma')
        ) as r (r) where r.r ->> 'table' = 'gifts'
    ),
    jsonb_build_object(
        'schema', 'wedsync', 'table', 'gifts', 'type', 'UPDATE', 'errors', null, 'old_record',
        jsonb_build_object('id', tap.id('vase'), 'couple_id', tap.couple('emma'), 'giver', 'Aunt Ada')
    ),
    'who may receives the old value, too'
);
select tap.forget();
select tap.run(
    'emma', format('update wedsync.gifts set giver = ''Ada'', name = ''Bowl'' where couple_id = %L and id = %L', tap.couple('emma'), tap.id('vase'))
);
select is(
    (select r.r -> 'old_record' from tap.rows_heard('fred', 'wedding:' || tap.couple('emma')) as r (r) where r.r ->> 'table' = 'gifts'),
    jsonb_build_object('id', tap.id('vase'), 'couple_id', tap.couple('emma'), 'name', 'Vase'), 'of a change of several fields each receives his part'
);
select ok(
    (
        tap.listen('fred', 'wedding:' || tap.couple('emma'), 'giver=eq.Ada', 'gifts') ->> 'reason'
    ) like '%cannot be used in a filter%', 'a hidden column is no filter'
);
select is(tap.answer(tap.listen('fred', 'wedding:' || tap.couple('emma'), 'name=eq.Bowl', 'gifts')), 'ok', 'one that is shown is');
select is(
    (
        select array_agg(e.e ->> 'event_type' order by (e.e ->> 'seq')::bigint) from tap.rows(
            'fred', format('select * from wedsync.event_history(%L, %s)', tap.couple('emma'), (select b.seq from before as b))
        ) as e (e)
    ),
    '{gifts_changed,gifts_changed,gifts_changed}', 'the history leaves out what is hidden'
);

-- no trace of nothing
create temporary table still on commit drop as select c.* from pg_temp.clock() as c;
select tap.run(null, 'update wedsync_data.gifts set name = name, token = ''other''', 'wedsync_owner');
select tap.run('emma', format('update wedsync.gifts set name = name where couple_id = %L', tap.couple('emma')));
select is((select to_jsonb(c) from pg_temp.clock() as c), (select to_jsonb(s) from still as s), 'what changes no field leaves no trace');

-- deleting
select tap.forget();
select tap.call('emma', format('select wedsync.delete_gifts(%L, array[%L]::uuid[], ''Returned'')', tap.couple('emma'), tap.id('vase')));
select is(
    (
        select r.r -> 'old_record' ->> 'name' from tap.rows_heard('fred', 'wedding:' || tap.couple('emma')) as r (r) where r.r ->> 'type' = 'DELETE'
    ), 'Bowl', 'a deletion is received by who saw the row'
);
select is(
    (select array_agg(distinct t.right_no order by t.right_no) from trail as t where t.change_type = 'delete' and t.reason = 'Returned'), '{102}',
    'its values are in the trail; the reason stays with the budget'
);
select is(
    (
        select jsonb_object_agg(d.key, d.value)
        from tap.heard('fred', 'wedding:' || tap.couple('emma')) as h
        cross join jsonb_each(h.payload #> '{payload,data}') as d
        where h.kind = 'broadcast' and h.payload #>> '{payload,metadata,operation}' = 'DELETE'
    ),
    (
        select jsonb_object_agg('gifts/' || tap.id('vase') || '/' || f.column_name, null) from wedsync_data.field_catalog as f
        where f.table_name = 'gifts' and f.column_name in ('name', 'shop', 'letters')
    ), 'its broadcast names the fields that he saw, without values'
);
truncate wedsync_data.gifts;
select is((select count(*) from trail as t where t.change_type = 'delete' and t.element_id = tap.id('pan')), 3::bigint, 'TRUNCATE is audited');

-- a big statement is appended in parts
update wedsync_data.record_catalog set max_rows = 30000 where record_name = 'gifts';
create temporary table big on commit drop as select c.* from pg_temp.clock() as c;
select tap.run(
    null, format('insert into wedsync_data.gifts (couple_id, name) select %L, ''Spoon '' || n from generate_series(1, 16100) as n', tap.couple('emma')),
    'service_role'
);
select is(
    (
        select jsonb_build_array(c.version - b.version, c.seq - b.seq, c.chain_no - b.chain_no) from pg_temp.clock() as c, big as b
    ), '[2, 16100, 2]', 'of which each is one version and one link'
);
select is(
    (select jsonb_object_agg(g.version_number, g.n) from (select c.version_number, count(*) as n from wedsync_data.gifts as c group by 1) as g),
    (select jsonb_build_object(b.version + 1, 16000, b.version + 2, 100) from big as b), 'and the rows carry that of their part'
);
select is((select count(*) from trail as t join big as b on t.chain_no > b.chain_no), 48300::bigint, 'every value is audited once');

-- the wedding goes
select tap.run(null, 'delete from wedsync_data.gifts where name > ''Spoon 1''', 'service_role');
insert into wedsync_data.gifts (couple_id, id, name) values (tap.couple('emma'), tap.id('lamp'), 'Lamp');
select tap.forget();
select tap.call(null, format('select wedsync.delete_wedding(%L)', tap.couple('emma')), 'service_role');
select is(
    (
        select (r.r -> 'old_record') - 'withheld_fields' from tap.rows_heard(
            'fred', 'wedding:' || e.couple_id
        ) as r (r) where r.r ->> 'table' = 'gifts' and r.r #>> '{old_record,id}' = tap.id('lamp')::text
    ),
    jsonb_build_object('id', tap.id('lamp'), 'couple_id', e.couple_id), 'keys are what is received of rows that go with their wedding'
) from (select distinct e.couple_id from wedsync_data.events as e where e.class = 'purge' and e.table_name = 'gifts') as e;
select is(
    (
        select array_agg(distinct h.payload #>> '{payload,type}') from tap.heard('frank', 'wedding:' || e.couple_id) as h where h.kind = 'broadcast'
    ), '{wedding_deleted}', 'and who saw none of them receives that the wedding is gone, no more'
) from (select distinct e.couple_id from wedsync_data.events as e where e.class = 'purge') as e;
select * from finish();
rollback;

-- proves: F000-40, F000-42, C-22, C-23, C-27
-- A table, its rows in the catalogue and build_record(): reading and writing follow from them, for seven actors and a server.
begin;
select plan(54);
select tap.wedding('emma'), tap.wedding('olivia');
select tap.call('emma', format('select wedsync.add_wedding_member(%L, %L, %L)', tap.couple('emma'), tap.id(m.name), m.role), 'service_role')
from (values ('paula', 'planner'), ('fred', 'family'), ('frank', 'friend')) as m (name, role);
select tap.supplier('basic', 'emma', '{basic}'), tap.supplier('full', 'emma', '{full}', '{full}');
select tap.gifts();

create temporary table actors (person text, reads text, db_role text default 'authenticated') on commit drop;
insert into actors values
('emma', 'everything'), ('paula', 'full'), ('fred', 'basic'), ('frank', 'friend'), ('basic', 'basic'), ('full', 'full'), ('stranger', 'nothing');
insert into actors values (null, 'everything', 'service_role');
create temporary table leaves on commit drop as
select c.path, c.column_name, c.right_no, c as leaf from wedsync_data.field_catalog as c where c.table_name = 'gifts';

-- names
select set_eq(
    $$ select n.name, n.kind from wedsync_data.field_names as n where n.name in ('gifts', 'gifts.name', 'name', 'giver', 'price') $$,
    $$ values ('gifts', 'rows'), ('gifts.name', 'row_field') $$, 'fields of rows have paths, and no names of their own'
);
select is(
    tap.patch_rules(
        'emma', 'emma', '{"gifts.name": "Vase", "gifts": {"name": "Vase"}}'
    ), '{"gifts": "unknown_path", "gifts.name": "unknown_path"}', 'a patch of core fields does not take them'
);
select ok(
    wedsync_internal.names_mask('{basic}') & wedsync_internal.names_mask('{gifts.name}') = wedsync_internal.names_mask('{gifts.name}'), 'levels cover them'
);

-- what is written through the view
create temporary table ids (name text primary key, id uuid) on commit drop;
insert into ids select 'vase', tap.call('emma', format(
    'insert into wedsync.gifts (couple_id, name, giver, price, details) values (%L, ''Vase'', ''Aunt Ada'', 12.5, ''{"colour": "crimson"}'') returning id',
    tap.couple('emma')
))::uuid;
insert into ids select 'pan', tap.call(
    'emma', format('insert into wedsync.gifts (couple_id, id, name, shop) values (%L, %L, ''Pan'', ''Shop'') returning id', tap.couple('emma'), tap.id('pan'))
)::uuid;
create function pg_temp.gift(name text) returns uuid language sql as $$ select i.id from ids as i where i.name = $1 $$;
create function pg_temp.change(who text, gift text, assignments text, db_role text default 'authenticated') returns jsonb language sql as $$
    select tap.error(who, format('update wedsync.gifts set %s where couple_id = %L and id = %L', assignments, tap.couple('emma'), pg_temp.gift(gift)), db_role)
$$;
select is(
    (select jsonb_build_array(g.letters, g.is_thanked, g.last_updated_by, g.version_number) from wedsync_data.gifts as g where g.id = pg_temp.gift('vase')),
    (select jsonb_build_array(4, false, tap.id('emma'), k.version - 1) from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma')),
    'defaults, hook, author and version are there'
);
select is(pg_temp.gift('pan'), tap.id('pan'), 'an id may be given');

-- what each actor reads: exactly the fields of the matrix, and rows only with one of them
select is(
    (
        select jsonb_object_agg(r.row ->> 'name', r.row) from tap.rows(
            a.person, format('select * from wedsync.gifts where couple_id = %L', tap.couple('emma')), a.db_role
        ) as r (row)
    ),
    (
        select jsonb_object_agg(g.name, (
            select jsonb_build_object('couple_id', g.couple_id, 'id', g.id, 'created_at', g.created_at)
                || jsonb_object_agg(l.column_name, case when tap.may(a.reads, l.leaf) then to_jsonb(g) -> l.column_name end)
                || jsonb_build_object(
                    'withheld_fields', coalesce(jsonb_agg(l.path order by l.right_no, l.path) filter (where not tap.may(a.reads, l.leaf)), '[]')
                )
                || case when bool_and(tap.may(a.reads, l.leaf))
                    then jsonb_build_object('version_number', g.version_number, 'updated_at', g.updated_at, 'last_updated_by', g.last_updated_by)
                    else '{"version_number": null, "updated_at": null, "last_updated_by": null}' end
            from leaves as l
        ))
        from wedsync_data.gifts as g where exists (select from leaves as l where tap.may(a.reads, l.leaf))
    ), 'read by ' || coalesce(a.person, a.db_role)
) from actors as a;
select is(tap.error(null, 'select * from wedsync.gifts', 'anon') ->> 'sqlstate', '42501', 'nobody signed in reads nothing');
select is(
    (
        select jsonb_agg(c.column_name) from information_schema.columns as c where c.table_schema = 'wedsync' and c.table_name = 'gifts'
        and c.column_name = 'token'
    ),
    null, 'what is no field stays in the table'
);
select results_eq(
    $$ select s.business_name from wedsync_data.access_log as l join wedsync_data.suppliers as s on s.id = l.supplier_id where l.action = 'gifts' order by 1 $$,
    array['Basic Ltd', 'Full Ltd'], 'reads by grant are logged, once in a transaction for each reader; those of members are not'
);

-- what each may write: exactly the fields of the matrix
create function pg_temp.tried(who text, db_role text, column_name text) returns text language sql as $$
    select tap.outcome(who, format(
        'update wedsync.gifts set %I = %s where couple_id = %L and id = %L', column_name,
        case column_name when 'price' then '33.33' when 'details' then '''{"colour": "ochre"}''' when 'is_thanked' then 'true' when 'letters' then '9' else
        '''Other''' end,
        tap.couple('emma'), pg_temp.gift('vase')
    ), db_role, format(
        'select case when to_jsonb(g) -> %1$L = (select to_jsonb(s) -> %1$L from stored as s where s.id = g.id)
        then ''unchanged'' else ''stored'' end from wedsync_data.gifts as g where g.id = %2$L',
        column_name, pg_temp.gift('vase')
    ))
$$;
create temporary table stored on commit drop as select g.* from wedsync_data.gifts as g;
select is_empty($$
    select a.person, l.column_name, o.outcome
    from (
        select b.person, b.db_role, case when b.person in ('fred', 'basic', 'frank') then 'nothing' else b.reads end as writes, b.reads from actors as b
    ) as a
    cross join leaves as l
    cross join lateral (select pg_temp.tried(a.person, a.db_role, l.column_name)) as o (outcome)
    where o.outcome is distinct from case
        when not exists (select from leaves as s where tap.may(a.reads, s.leaf)) then 'unchanged'
        -- worked out from the name by the hook, whatever a server says
        when l.column_name = 'letters' and a.db_role = 'service_role' then 'unchanged'
        when tap.may(a.writes, l.leaf) and (l.leaf).is_writable then 'stored'
        else '42501'
    end
$$, 'writes exactly what is due');
select is(
    pg_temp.change(
        'paula', 'vase', 'giver = ''Ada'', price = 1, letters = 3'
    ) #> '{detail,unauthorized_fields}', '["letters", "price"]', 'refused fields are named, and nothing is written'
);
select is((select g.giver from wedsync_data.gifts as g where g.id = pg_temp.gift('vase')), 'Aunt Ada', 'not even the rest');
select is(
    tap.error('frank', format('insert into wedsync.gifts (couple_id, name) values (%L, ''Lamp'')', tap.couple('emma'))) ->> 'sqlstate', '42501',
    'who sees the wedding but no gifts adds none'
);
select is(
    tap.error('stranger', format('insert into wedsync.gifts (couple_id, name) values (%L, ''Lamp'')', tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'for a stranger there is no such wedding'
);
select is(
    tap.error('olivia', format('insert into wedsync.gifts (couple_id, name) values (%L, ''Lamp'')', tap.couple('emma'))) ->> 'sqlstate', 'PT404',
    'nor for another couple'
);
select is(tap.error('emma', 'insert into wedsync.gifts (name) values (''Lamp'')') #>> '{detail,parameter}', 'couple_id', 'a row belongs to a wedding');
select is(
    tap.error(
        'full', format('insert into wedsync.gifts (couple_id, name, price) values (%L, ''Lamp'', 3)', tap.couple('emma'))
    ) #> '{detail,unauthorized_fields}',
    '["price"]', 'budget is nothing for suppliers'
);
select is(
    tap.error(
        'emma', format('insert into wedsync.gifts (couple_id, id, name) values (%L, %L, ''Lamp'')', tap.couple('emma'), pg_temp.gift('pan'))
    ) ->> 'sqlstate', 'PT409', 'an id is taken once'
);

-- rules
create function pg_temp.rules(error jsonb) returns jsonb language sql as $$
    select jsonb_object_agg(p.v ->> 'path', p.v ->> 'rule') from jsonb_array_elements(error #> '{detail,problems}') as p (v)
$$;
select is(
    pg_temp.rules(pg_temp.change('emma', 'vase', format('name = %L, price = -1, shop = E''a\x01''', repeat('x', 41)))),
    '{"gifts.name": "at_most_40_characters", "gifts.price": "between_0_and_100000", "gifts.shop": "no_control_characters"}',
    'values keep the rules of the catalogue'
);
select is(pg_temp.rules(pg_temp.change('emma', 'vase', 'name = null')), '{"gifts.name": "required"}', 'a column that may not be null is required');
select is(
    pg_temp.rules(tap.error('emma', format('insert into wedsync.gifts (couple_id) values (%L)', tap.couple('emma')))), '{"gifts.name": "required"}',
    'of a new row, too'
);
select is(pg_temp.rules(pg_temp.change('emma', 'pan', 'is_thanked = true')), '{"gifts.giver": "required"}', 'validate_gifts has its say');
select is(
    pg_temp.rules(
        tap.error(null, format('update wedsync_data.gifts set price = 100001, is_thanked = true where id = %L', pg_temp.gift('pan')), 'service_role')
    ),
    '{"gifts.price": "between_0_and_100000", "gifts.giver": "required"}', 'direct statements keep the same rules'
);
select is(pg_temp.change('emma', 'vase', format('details = jsonb_build_object(''x'', repeat(''x'', 1000))')) ->> 'sqlstate', 'PT413', 'JSON has its bound');
select is(
    pg_temp.rules(pg_temp.change('emma', 'vase', format('id = %L, couple_id = %L', tap.id('x'), tap.couple('olivia')))),
    '{"id": "read_only", "couple_id": "read_only"}', 'rows stay where they are'
);
select is(
    pg_temp.change(
        'emma', 'vase',
        format('version_number = 99, last_updated_by = %L, updated_at = now() + interval ''1 day'', created_at = now(), withheld_fields = ''{x}''', tap.id('x'))
    ), null,
    'what the server keeps is ignored'
);
select is(
    (select to_jsonb(g) from wedsync_data.gifts as g where g.id = pg_temp.gift('vase')),
    (select to_jsonb(s) from stored as s where s.id = pg_temp.gift('vase')), 'and stays'
);

-- a value that somebody else wrote since the statement read it
create function pg_temp.meanwhile(who text, theirs text, mine text) returns jsonb language sql as $$
    select tap.error(who, format(
        'with other as (update wedsync.gifts set %1$s where couple_id = %3$L and id = %4$L returning id)
        update wedsync.gifts set %2$s where couple_id = %3$L and id = %4$L and exists (select
        from other)', theirs, mine, tap.couple('emma'), pg_temp.gift('vase')
    ))
$$;
select is(
    pg_temp.meanwhile(
        'emma', 'giver = ''Uncle Ugo''', 'giver = ''Aunt Amy'''
    ) #>> '{detail,conflicts,0,path}', 'gifts/' || pg_temp.gift('vase') || '/giver', 'the same field is a conflict'
);
select is(
    (
        pg_temp.meanwhile('paula', 'giver = ''Uncle Ugo''', 'giver = ''Aunt Amy''') #> '{detail,conflicts,0}'
    ) - '{path,changed_by,changed_by_name,changed_by_type,changed_at,version}'::text[],
    '{"base": "Aunt Ada", "current": "Uncle Ugo", "incoming": "Aunt Amy"}', 'which says what was read, what stands and what was to come'
);
select is(pg_temp.meanwhile('emma', 'giver = ''Uncle Ugo''', 'shop = ''Market'''), null, 'another field is none');
select is((select g.giver || ' ' || g.shop from wedsync_data.gifts as g where g.id = pg_temp.gift('vase')), 'Uncle Ugo Market', 'both are written');

-- deleting
select is(
    tap.error('emma', format('delete from wedsync.gifts where id = %L', pg_temp.gift('pan'))) ->> 'sqlstate', '42501',
    'callers do not delete through the view: with that right they could lock it'
);
select alike(wedsync_internal.write_instead('gifts'), '%delete_gifts%', 'the hint names the function that does');
select is(
    tap.error(
        d.who, format('select wedsync.delete_gifts(%L, array[%L]::uuid[])', tap.couple('emma'), pg_temp.gift('pan'))
    ) ->> 'sqlstate', d.outcome, d.who || ' may not delete'
) from (values ('paula', '42501'), ('full', '42501'), ('fred', '42501'), ('frank', '42501'), ('stranger', 'PT404')) as d (who, outcome);
select is(
    tap.call('emma', format('select wedsync.delete_gifts(%L, %L, ''Returned'')', tap.couple('emma'), array[pg_temp.gift('pan'), tap.id('none')])), '1',
    'who may write every field may'
);
select is(
    tap.run(null, format('delete from wedsync.gifts where id = %L', pg_temp.gift('vase')), 'service_role'), 1::bigint, 'servers delete through the view as well'
);

-- bounds
select is(
    tap.error(
        'emma', format('insert into wedsync.gifts (couple_id, name) select %L, ''Spoon '' || n from generate_series(1, 6) as n', tap.couple('emma'))
    ) ->> 'sqlstate', 'PT409', 'a wedding has so many rows and no more'
);
select is(
    tap.error(
        null, format('insert into wedsync_data.gifts (couple_id, name) select %L, ''Spoon '' || n from generate_series(1, 6) as n', tap.couple('emma')),
        'service_role'
    ) ->> 'sqlstate',
    'PT409', 'written directly, too'
);
update wedsync_data.settings set value = '2' where name = 'rows_per_statement';
select is(
    tap.error(
        'emma', format('insert into wedsync.gifts (couple_id, name) select %L, ''Spoon '' || n from generate_series(1, 3) as n', tap.couple('emma'))
    ) ->> 'sqlstate', 'PT413', 'and a statement so many'
);
select is(
    tap.run('emma', format('insert into wedsync.gifts (couple_id, name) select %L, ''Spoon '' || n from generate_series(1, 2) as n', tap.couple('emma'))),
    2::bigint, 'not more'
);
select tap.run('olivia', format('insert into wedsync.gifts (couple_id, name) values (%L, ''Fork'')', tap.couple('olivia')));
update wedsync_data.settings set value = '500' where name = 'rows_per_statement';
select is(
    tap.error(null, 'update wedsync.gifts set shop = ''Market''', 'service_role') ->> 'sqlstate', 'PT400', 'a forgotten filter does not touch every wedding'
);
update wedsync_data.rate_limits set max_requests = 1 where endpoint = 'core-fields-write';
select is(
    tap.run('emma', format('update wedsync.gifts set shop = ''Market'' where couple_id = %L', tap.couple('emma'))), 2::bigint, 'a statement is one request'
);
select is(
    tap.error('emma', format('update wedsync.gifts set shop = ''Fair'' where couple_id = %L', tap.couple('emma'))) ->> 'sqlstate', 'PGRST',
    'and requests are limited'
);
select * from finish();
rollback;

-- proves: F000-40, F000-54
-- A statement on the view or the table of rows is one version, one link of the chain and one event for each row, however many rows it writes.
begin;
select plan(20);
select tap.wedding('emma'), tap.wedding('olivia'), tap.gifts();
update wedsync_data.record_catalog set max_rows = 1000 where record_name = 'gifts';
create temporary table before (version integer, seq bigint, chain_no bigint) on commit drop;
create function pg_temp.moved() returns jsonb language plpgsql as $$
declare
    moved jsonb;
begin
    select jsonb_build_array(k.version - b.version, k.seq - b.seq, k.chain_no - b.chain_no) into moved
    from wedsync_data.wedding_clocks as k left join before as b on true where k.couple_id = tap.couple('emma');
    delete from before;
    insert into before select k.version, k.seq, k.chain_no from wedsync_data.wedding_clocks as k where k.couple_id = tap.couple('emma');
    return moved;
end
$$;
create temporary view sound as
select not exists (
    select from wedsync_data.gifts as g join wedsync_data.wedding_clocks as k on k.couple_id = g.couple_id where g.version_number not between 1 and k.version
) and not exists (select from wedsync_data.unappended_rows) as is_sound;
select pg_temp.moved();

-- the view
create temporary table returned on commit drop as
select r.r ->> 'id' as id, (r.r ->> 'version_number')::integer as version
from (select tap.call('emma', format($$
    with w as (insert into wedsync.gifts (couple_id, name, giver) select %L, 'Spoon ' || n, 'Ada' from generate_series(1, 40) as n returning *)
    select jsonb_agg(w) from w
$$, tap.couple('emma')))::jsonb as written) as c
cross join lateral jsonb_array_elements(c.written) as r (r);
select is(pg_temp.moved(), '[1, 40, 1]', 'many rows through the view are one change');
select is(
    (select jsonb_agg(distinct r.version) from returned as r), (select jsonb_build_array(b.version) from before as b), 'RETURNING has the version of the change'
);
select is((select array_agg(distinct g.version_number) from wedsync_data.gifts as g), (select array[b.version] from before as b), 'which the rows carry');
select is(
    tap.run('emma', format('update wedsync.gifts set giver = ''Ugo'' where couple_id = %L', tap.couple('emma'))), 40::bigint, 'an UPDATE of the view'
);
select is(pg_temp.moved(), '[1, 40, 1]', 'is one change');
select is(
    (select array_agg(distinct jsonb_build_array(l.old_value, l.new_value)) from wedsync_data.audit_log as l where l.path like 'gifts/%/giver'),
    array['["Ada", "Ugo"]'::jsonb], 'from what stood there to what stands there now'
);
select tap.run('emma', format($$
    with first as (update wedsync.gifts set shop = 'Fair' where couple_id = %1$L and name = 'Spoon 1' returning id)
    update wedsync.gifts set giver = 'Amy' where couple_id = %1$L and name = 'Spoon 1' and exists (select from first)
$$, tap.couple('emma')));
select is(pg_temp.moved(), '[1, 1, 1]', 'a row that a statement writes twice changes once');
select is(
    (select jsonb_build_array(g.shop, g.giver) from wedsync_data.gifts as g where g.name = 'Spoon 1'), '["Fair", "Amy"]', 'with both values'
);
select tap.run('emma', format($$
    with added as (insert into wedsync.gifts (couple_id, name) values (%1$L, 'Fork') returning id)
    update wedsync.gifts set shop = 'Market' where couple_id = %1$L and name = 'Spoon 2' and exists (select from added)
$$, tap.couple('emma')));
select is(pg_temp.moved(), '[2, 2, 2]', 'rows that it adds and rows that it changes are one change each');
select is(
    tap.run(null, format('delete from wedsync.gifts where couple_id = %L and name like ''Spoon 1_''', tap.couple('emma')), 'service_role'), 10::bigint,
    'a DELETE by a server'
);
select is(pg_temp.moved(), '[1, 10, 1]', 'is one change');
select is((select s.is_sound from sound as s), true, 'no row is left without its change');
select isnt(
    tap.error('emma', format(
        'insert into wedsync.gifts (couple_id, name) select %L, case when n = 5 then repeat(''x'', 50) else ''Cup'' end from generate_series(1, 9) as n',
        tap.couple('emma')
    )), null, 'one bad row'
);
select is(pg_temp.moved(), '[0, 0, 0]', 'refuses them all');
select is(
    tap.error(null, format(
        'insert into wedsync_data.gifts (couple_id, name, price) select %L, ''Cup'', 5 - n from generate_series(1, 9) as n', tap.couple('emma')
    ), 'service_role') #>> '{detail,problems,0,rule}', 'between_0_and_100000', 'values of direct statements keep the rules of the catalogue'
);
update wedsync_data.record_catalog set max_rows = 35 where record_name = 'gifts';
select is(
    tap.error('emma', format('insert into wedsync.gifts (couple_id, name) select %L, ''Cup'' from generate_series(1, 9)', tap.couple('emma'))) ->> 'sqlstate',
    'PT409', 'a statement that exceeds max_rows is refused'
);
select is(pg_temp.moved(), '[0, 0, 0]', 'as a whole');
-- a statement of the owner, like that of a function of a domain, on two weddings
set local role wedsync_owner;
insert into wedsync_data.gifts (couple_id, name)
select c.id, 'Cup ' || n from (values (tap.couple('emma')), (tap.couple('olivia'))) as c (id) cross join generate_series(1, 3) as n;
reset role;
select is(pg_temp.moved(), '[1, 3, 1]', 'a statement on the table is one change of each wedding');
select is((select s.is_sound from sound as s), true, 'and leaves no row without it');
select is((tap.call('emma', format('select wedsync.verify_audit_chain(%L)', tap.couple('emma')))::jsonb) -> 'valid', 'true', 'the chain holds');
select * from finish();
rollback;

-- A forgotten filter does not change the weddings of all clients of a planner.
begin;
select plan(10);
select tap.wedding('emma');
select tap.wedding('ada');
select tap.admit('emma', 'paula', 'planner');
select tap.admit('ada', 'paula', 'planner');
create temp table many as select tap.error('paula', $$ update wedsync.core_fields set wedding_style = '{rustic}' $$) as e;
select is(e ->> 'sqlstate', 'PT400', 'an update without a filter is refused') from many;
select alike(e ->> 'hint', '%Filter by couple_id%weddings_per_update%', 'and says what to filter by, and which setting allows it') from many;
select is(e #> '{detail,limit}', '1', 'with the limit') from many;
select is(tap.call('paula', $$ select count(*) from wedsync.core_fields where 'rustic' = any (wedding_style) $$), '0', 'nothing was changed');
select is(
    tap.run('paula', format('update wedsync.core_fields set wedding_style = %L where couple_id = %L', '{rustic}', tap.couple('emma'))), 1::bigint,
    'with a filter it goes through'
);
select is(
    tap.run('paula', format('update wedsync.core_fields set wedding_style = %L where couple_id = %L', '{rustic}', tap.couple('ada'))), 1::bigint,
    'one after the other, in one transaction'
);
select is(tap.run('emma', $$ update wedsync.core_fields set wedding_style = '{boho}' $$), 1::bigint, 'who has one wedding needs no filter');
select is(
    tap.error(null, $$ update wedsync.core_fields set wedding_style = '{modern}' $$, 'service_role') ->> 'sqlstate', 'PT400', 'servers forget filters too'
);
update wedsync_data.settings set value = '2' where name = 'weddings_per_update';
select is(tap.run('paula', $$ update wedsync.core_fields set wedding_style = '{modern}' $$), 2::bigint, 'the setting allows more');
update wedsync_data.settings set value = '1' where name = 'weddings_per_update';
select is(
    tap.error('paula', $$ update wedsync.core_fields set wedding_style = '{modern}' $$) ->> 'sqlstate', 'PT400', 'what would change nothing is refused alike'
);
select * from finish();
rollback;

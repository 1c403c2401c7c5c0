-- proves: F003-44, F003-60
begin;
select plan(5);
select ok(
    (select bool_and(c.relrowsecurity) from pg_catalog.pg_class as c
    where c.oid = any (array['wedsync_internal.migrations', 'wedsync_internal.catalog_expected', 'wedsync_internal.catalog_drift']::regclass[])),
    'the ledger and the expected catalogue have row security'
);
select is_empty(
    $$ select 1 from pg_catalog.pg_policy as p
    where p.polrelid = any (array['wedsync_internal.migrations', 'wedsync_internal.catalog_expected', 'wedsync_internal.catalog_drift']::regclass[]) $$,
    'and no policies'
);
select is_empty(
    $$ select a.attname from pg_catalog.pg_attribute as a
    where a.attrelid = 'wedsync_internal.migrations'::regclass and a.attnum > 0 and not a.attisdropped
        and col_description(a.attrelid, a.attnum) is null $$,
    'every column of the ledger has a comment'
);
set local role authenticated;
select throws_ok('select * from wedsync_internal.migrations', '42501', null, 'users may not read the ledger');
select throws_ok('delete from wedsync_internal.catalog_expected', '42501', null, 'users may not change the expected catalogue');
reset role;
select * from finish();
rollback;

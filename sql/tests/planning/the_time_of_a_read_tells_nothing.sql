-- proves: F001-20, C-68
-- Who may read nothing of a record causes no look at its table: the time of the answer does not tell how many rows there are.
begin;
select plan(3);
select tap.wedding('emma');
select tap.admit('emma', 'fred', 'family'), tap.supplier('greta', 'emma', '{full}', '{full}');
select tap.run('emma', format(
    'insert into wedsync.budget_lines (couple_id, title) select %L, ''Line '' || n from generate_series(1, 300) as n', tap.couple('emma')
));
create function pg_temp.looks(who text) returns bigint language sql as $$
    select coalesce(sum((n.n ->> 'Actual Loops')::numeric), 0)::bigint
    from jsonb_path_query(
        tap.call(who, 'explain (analyze, format json) select count(*) from wedsync.budget_lines where title like ''Line%''')::jsonb,
        '$.** ? (@."Relation Name" == "budget_lines")'
    ) as n (n)
$$;
-- small tables without statistics are read from any side otherwise
set local enable_hashjoin = off;
set local enable_mergejoin = off;
set local enable_seqscan = off;
select is(pg_temp.looks('greta'), 0::bigint, 'a supplier with every grant');
select is(pg_temp.looks('fred'), 0::bigint, 'the family');
select ok(pg_temp.looks('emma') > 0, 'control: a partner');
select * from finish();
rollback;

-- proves: F001-24
-- What json_problem lets through and what it refuses; and that it never makes long text of short numbers.
begin;
select plan(20);
set local statement_timeout = '20s';
create function pg_temp.rule(value jsonb, max_bytes integer default 65536) returns text language sql
as $$ select wedsync_internal.json_problem($1, $2) ->> 'rule' $$;

select is(pg_temp.rule(null), null, 'nothing is no problem');
select is(pg_temp.rule('null'), null, 'nor is null');
select is(pg_temp.rule('{"a": [1, -2.5, 5.551115123125783e-17, "x", true, null, {}]}'), null, 'nor is what clients send');
select is(pg_temp.rule('[1.7976931348623157e308, -1.7976931348623157e308, 4.9406564584124654e-324]'), null, 'every number of double precision passes');
select is(pg_temp.rule('[1.8e308]'), 'numbers from -1.7976931348623157e308 to 1.7976931348623157e308', 'a larger one does not');
select is(pg_temp.rule('{"a": {"b": [-1e131071]}}'), 'numbers from -1.7976931348623157e308 to 1.7976931348623157e308', 'nor a much smaller one, however deep');
select is(pg_temp.rule('1e-340'), null, '340 decimal places');
select is(pg_temp.rule('1e-341'), 'numbers with at most 340 decimal places', 'are the most');
select is(pg_temp.rule('0e-16383'), 'numbers with at most 340 decimal places', 'of zero too');
select is(pg_temp.rule((repeat('[', 32) || repeat(']', 32))::jsonb), null, '32 levels');
select is(pg_temp.rule((repeat('[', 33) || repeat(']', 33))::jsonb), 'at most 32 nested objects and arrays', 'are the most');
select is(pg_temp.rule((repeat('{"a":', 33) || 1 || repeat('}', 33))::jsonb), 'at most 32 nested objects and arrays', 'of objects too');
select is(pg_temp.rule(to_jsonb(repeat('x', 98)), 100), null, '100 bytes as text');
select is(pg_temp.rule(to_jsonb(repeat('x', 99)), 100), 'at most 100 bytes as text', 'are the most');
select is(pg_temp.rule(to_jsonb(repeat('é', 50)), 100), 'at most 100 bytes as text', 'bytes, not characters');
select is(pg_temp.rule((select jsonb_agg(1) from generate_series(1, 21845))), null, 'what takes four times as much as stored as it does as text passes');
select is(
    wedsync_internal.json_problem((select jsonb_agg(1) from generate_series(1, 200000)), 65536),
    '{"kind": "size", "rule": "at most 327680 bytes as stored", "limit": 327680}', 'what is too large as stored is not made text'
);
-- as text each of these is more than a gigabyte, which PostgreSQL cannot hold: whoever made text of them would fail
select is(
    pg_temp.rule(jsonb_build_object('a', (select jsonb_agg('1e131071'::jsonb) from generate_series(1, 9000)))),
    'numbers from -1.7976931348623157e308 to 1.7976931348623157e308', 'a gigabyte of digits in 140 KB'
);
select is(
    pg_temp.rule((select jsonb_agg('0e-16383'::jsonb) from generate_series(1, 20000))), 'numbers with at most 340 decimal places',
    'a third of a gigabyte of zeros'
);
create temporary table kept on commit drop as select jsonb_build_object('a', repeat('x', 100000)) as value;
select is(pg_temp.rule(value), 'at most 65536 bytes as text', 'and compression hides nothing') from kept;
select * from finish();
rollback;

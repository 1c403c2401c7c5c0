-- proves: F000-63, F000-66, F000-87
begin;
select plan(6);
create temporary view raised as
select p.oid::regprocedure::text as what, found.words[1] as name
from pg_catalog.pg_proc as p
cross join lateral pg_catalog.regexp_matches(p.prosrc, 'wedsync_internal\.fail\(\s*''(\w+)''', 'g') as found (words)
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[]);
create temporary view unknown as
select r.what, r.name from raised as r where r.name not in (select c.name from wedsync_internal.error_catalog as c) order by 1, 2;
create temporary view unused as
select c.name from wedsync_internal.error_catalog as c where c.name not in (select r.name from raised as r) order by 1;
-- outside fail() only what cannot happen may be raised, and it says so by its SQLSTATE
create temporary view strays as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
cross join lateral pg_catalog.regexp_matches(p.prosrc, '\mraise\s+exception\M[^;]*;', 'gi') as found (words)
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and p.proname <> 'fail' and found.words[1] !~ 'XX000'
order by 1;

select is_empty('select * from unknown', 'every error that is raised stands in the catalogue');
select is_empty('select * from unused', 'every error of the catalogue is raised somewhere');
select is_empty('select * from strays', 'nothing is raised past the catalogue');
create function wedsync_internal.misspelt() returns void language plpgsql as
$$ begin perform wedsync_internal.fail('not_fuond'); end $$;
create function wedsync_internal.blunt() returns void language plpgsql as $$ begin raise exception 'no'; end $$;
insert into wedsync_internal.error_catalog (name, sqlstate, http_status, message) values ('never_raised', 'PT418', 418, 'x');
select results_eq('select what collate "default" from unknown', array['wedsync_internal.misspelt()'], 'the rule finds a misspelt name');
select results_eq('select name collate "default" from unused', array['never_raised'], 'a row that nothing raises');
select results_eq('select what collate "default" from strays', array['wedsync_internal.blunt()'], 'and an error raised by hand');
select * from finish();
rollback;

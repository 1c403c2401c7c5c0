-- proves: F000-96
begin;
select plan(2);
-- any login of the database can hold an advisory lock whose number it can work out, and delay a revocation by it
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), regexp_replace(p.prosrc, '--[^\n]*', '', 'g')) ~* '\mpg_(try_)?advisory_'
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'no function takes an advisory lock');
create function wedsync_internal.guessable() returns void language plpgsql as $$ begin perform pg_advisory_xact_lock(1); end $$;
select results_eq('select what collate "default" from offenders order by 1', array['wedsync_internal.guessable()'], 'the rule finds one that does');
select * from finish();
rollback;

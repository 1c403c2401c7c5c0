begin;
select plan(2);
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and regexp_replace(p.prosrc, '--[^\n]*', '', 'g') ~* '\mwhen\s+(\w+\s+or\s+)*others\M'
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'no handler catches errors that it does not name');
create function wedsync_internal.deaf() returns void language plpgsql as
$$ begin perform 1 / 0; exception when no_data_found or others then null; end $$;
create function wedsync_internal.attentive() returns void language plpgsql as
$$ begin perform 1 / 0; exception when division_by_zero then null; /* when some others call */ end $$;
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_internal.deaf()'], 'the rule finds a catch-all and leaves a named one alone'
);
select * from finish();
rollback;

-- proves: F000-96, C-18
begin;
select plan(4);
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and (p.prosecdef or p.prorettype = 'pg_catalog.trigger'::regtype or p.prorettype = 'pg_catalog.event_trigger'::regtype)
    and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))
order by 1;

select is_empty(
    'select what collate "default" from offenders order by 1',
    'every definer function and every trigger function pins its search_path, the caller''s temporary schema last'
);
create function wedsync.careless() returns integer language sql security definer as 'select 1';
create function wedsync_internal.half_careful() returns trigger language plpgsql set search_path = wedsync_data as 'begin return null; end';
select results_eq(
    'select what collate "default" from offenders order by 1',
    array['wedsync.careless()', 'wedsync_internal.half_careful()'],
    'the rule finds a definer function without it and a trigger function with another path'
);
alter function wedsync.careless() set search_path = '';
select isnt_empty('select from offenders where what = ''wedsync.careless()''', 'an empty path is not enough: types would come from the temporary schema first');
create or replace function wedsync.careless() returns integer language sql security definer set search_path = pg_catalog, pg_temp as 'select 1';
select results_eq('select what collate "default" from offenders order by 1', array['wedsync_internal.half_careful()'], 'and is content when it is pinned');
select * from finish();
rollback;

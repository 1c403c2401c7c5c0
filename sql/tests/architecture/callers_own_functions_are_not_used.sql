-- proves: F000-96, C-18
-- What callers may execute and is no definer function runs with their search_path: its names must be settled when it is made.
begin;
select plan(3);
create temporary view offenders as
select p.oid::regprocedure::text as what
from pg_catalog.pg_proc as p
where p.pronamespace = any (array['wedsync', 'wedsync_internal']::regnamespace[])
    and pg_catalog.has_function_privilege('authenticated', p.oid, 'execute')
    and not p.prosecdef and p.prosqlbody is null and p.proconfig is null
    -- signs in with the role of an API key's user, so it can neither be a definer function nor have settings; it qualifies every name
    and p.oid <> 'wedsync.pre_request()'::regprocedure;
select is_empty('select what from offenders', 'no function of callers looks for names in their search_path');
create function wedsync_internal.careless(n integer) returns integer language sql immutable as 'select abs(n)';
grant execute on function wedsync_internal.careless(integer) to authenticated;
select results_eq('select what collate "default" from offenders', array['wedsync_internal.careless(integer)'], 'the rule finds one that does');

-- a function of the caller in the place of get_bit made every leaf count, and so showed when the budget changed
select tap.become('emma');
create temporary table made on commit drop as
select wedsync.register_couple('Emma', 'James', current_date + 100, 'Europe/London') as couple;
grant select on made to public;
select tap.become('baker');
create temporary table shop on commit drop as select wedsync.register_supplier('Cakes', 'baker') as id;
grant select on shop to public;
select tap.become('emma');
select wedsync.grant_access(m.couple, s.id, '{basic}') from made as m, shop as s;
select wedsync.update_core_fields(m.couple, '{"budget.total": 1}') from made as m;
select tap.back();
create schema app;
create function app.get_bit(bit, integer) returns integer language sql as 'select 1';
grant usage on schema app to public;
select set_config('tests.search_path', current_setting('search_path'), true);
set local search_path = app, pg_catalog, tap;
select tap.become('baker');
create temporary table seen on commit drop as select f.version_number from wedsync.core_fields as f;
select tap.back();
select set_config('search_path', current_setting('tests.search_path'), true);
select results_eq('select * from seen', array[1], 'a caller''s own get_bit shows no hidden version');
select * from finish();
rollback;

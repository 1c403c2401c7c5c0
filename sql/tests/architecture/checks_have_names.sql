-- An invariant that is broken by hand shows its name to whoever broke it, so the name must tell something.
begin;
select plan(2);
create temporary view offenders as
select coalesce(nullif(c.conrelid, 0)::regclass::text, c.contypid::regtype::text) || ': ' || c.conname as what
from pg_catalog.pg_constraint as c
where c.contype = 'c' and c.connamespace = any (array['wedsync', 'wedsync_data', 'wedsync_internal']::regnamespace[])
    and c.conname ~ '_check\d*$'
order by 1;

select is_empty('select what collate "default" from offenders order by 1', 'every CHECK has a name of its own');
create table wedsync_data.chairs (number integer check (number > 0), constraint chairs_few check (number < 500));
create domain wedsync_data.colour as text check (value like '#%');
select results_eq(
    'select what collate "default" from offenders order by 1', array['wedsync_data.chairs: chairs_number_check', 'wedsync_data.colour: colour_check'],
    'the rule finds names made by PostgreSQL'
);
select * from finish();
rollback;

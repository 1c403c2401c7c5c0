-- A change wakes the relays that sleep and have an audience for it, and no others.
begin;
select plan(9);
select tap.wedding('emma');
select tap.wedding('olivia');
select tap.supplier('chef');
create function pg_temp.sleeps(name text, asleep boolean, lease interval default '20 seconds') returns void language sql
as $$ update wedsync_data.relay_nodes set awake = not asleep, lease_until = now() + lease where node = tap.node(name) $$;
create function pg_temp.waits() returns boolean[] language sql
as $$ select array[wedsync_internal.has_idle_relay(tap.couple('emma')), wedsync_internal.has_idle_relay(tap.couple('olivia'))] $$;

select tap.join('emma', 'core_fields_' || tap.couple('emma'), node => 'one');
select pg_temp.sleeps('one', true);
select is(pg_temp.waits(), '{t,f}'::boolean[], 'who sleeps waits for the weddings of its audiences');
select pg_temp.sleeps('one', false);
select is(pg_temp.waits(), '{f,f}'::boolean[], 'who is awake waits for none');
-- an audience of everything within reach may have any wedding in it
select tap.join('chef', 'core-fields', node => 'two');
select is(pg_temp.waits(), '{f,f}'::boolean[], 'control: it is awake');
select pg_temp.sleeps('two', true);
select is(pg_temp.waits(), '{t,t}'::boolean[], 'asleep it waits for all');
select pg_temp.sleeps('two', true, '-1 second');
select is(pg_temp.waits(), '{f,f}'::boolean[], 'a process that is gone waits for nothing');
-- the sleep of one is not hidden by another that is awake
select pg_temp.sleeps('one', true);
select is(pg_temp.waits(), '{t,f}'::boolean[], 'each counts for itself');

-- a relay that sleeps without an audience is woken by what concerns everybody
select is(wedsync_internal.is_any_relay_idle(), true, 'one sleeps');
select pg_temp.sleeps('one', true, '-1 second');
select is(wedsync_internal.is_any_relay_idle(), false, 'one that is gone does not count');
select pg_temp.sleeps('one', false);
select is(wedsync_internal.is_any_relay_idle(), false, 'nor one that is awake');
select * from finish();
rollback;

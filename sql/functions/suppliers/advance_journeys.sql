create or replace function wedsync_internal.advance_journeys()
returns integer
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.run_journeys(array(select r from wedsync_internal.new_journey_runs() as r))
$$;
comment on function wedsync_internal.advance_journeys() is
'Does the steps of journeys that new events call for, and those that wait, and returns how many. The position in the event log and what was done are stored in one transaction. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.advance_journeys() from public;

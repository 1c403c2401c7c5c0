create or replace function wedsync_internal.advance_journeys(max_steps integer default 500)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    due record;
    wedding uuid;
    result text;
    advanced integer := 0;
begin
    perform wedsync_internal.note_journey_events();
    for due in
        select r.couple_id, r.journey_id, r.step
        from (select q.* from wedsync_data.journey_runs as q where q.ran_at is null order by q.due_at limit max_steps) as r
        order by r.couple_id, r.journey_id, r.step
    loop
        if due.couple_id is distinct from wedding then
            wedding := due.couple_id;
            perform wedsync_internal.lock_wedding(wedding);
        end if;
        result := wedsync_internal.do_journey_step(due.couple_id, due.journey_id, due.step);
        update wedsync_data.journey_runs as r set ran_at = pg_catalog.clock_timestamp(), outcome = result
        where r.couple_id = due.couple_id and r.journey_id = due.journey_id and r.step = due.step and r.ran_at is null;
        advanced := advanced + (result = 'done')::integer;
    end loop;
    return advanced;
end
$$;
comment on function wedsync_internal.advance_journeys(integer) is
'Does the steps of journeys whose condition holds, each once, and returns how many. The position in the event log, what is due and what was done are stored in one transaction. Run by the worker as a scheduled job, which one process runs at a time.';
revoke all on function wedsync_internal.advance_journeys(integer) from public;

create or replace function wedsync_internal.run_journeys(noted wedsync_data.journey_runs[])
returns integer
language plpgsql
volatile
as $$
declare
    weddings uuid[];
    suppliers uuid[];
    wedding uuid;
    due wedsync_data.journey_runs;
    result text;
    done integer := 0;
begin
    weddings := array(
        select n.couple_id from unnest(noted) as n
        union
        select w.couple_id from (select r.couple_id from wedsync_data.journey_runs as r where r.ran_at is null order by r.due_at limit 500) as w
        order by 1
    );
    -- Suppliers before weddings, and weddings before their rows, as all take them. Shared, so that no journey is changed or deleted meanwhile.
    suppliers := array(
        select l.id from (
            select s.id from wedsync_data.suppliers as s
            where s.id in (select e.supplier_id from wedsync_data.journey_enrolments as e where e.couple_id = any (weddings)) order by s.id for share
        ) as l
    );
    foreach wedding in array weddings loop
        perform wedsync_internal.lock_wedding(wedding);
        insert into wedsync_data.journey_runs (couple_id, journey_id, step, seq, due_at)
        select n.couple_id, n.journey_id, n.step, n.seq, n.due_at
        from unnest(noted) as n
        join wedsync_data.journey_enrolments as e on e.couple_id = n.couple_id and e.journey_id = n.journey_id
        where n.couple_id = wedding and e.supplier_id = any (suppliers)
        on conflict on constraint journey_runs_pkey do nothing;
        for due in
            select r.*
            from wedsync_data.journey_runs as r
            join wedsync_data.journey_enrolments as e on e.couple_id = r.couple_id and e.journey_id = r.journey_id
            where r.couple_id = wedding and r.ran_at is null and e.supplier_id = any (suppliers) order by r.due_at, r.journey_id, r.step
        loop
            result := wedsync_internal.do_journey_step(due.couple_id, due.journey_id, due.step);
            update wedsync_data.journey_runs as r set ran_at = pg_catalog.clock_timestamp(), outcome = result
            where r.couple_id = due.couple_id and r.journey_id = due.journey_id and r.step = due.step;
            done := done + (result = 'done')::integer;
        end loop;
    end loop;
    return done;
end
$$;
comment on function wedsync_internal.run_journeys(wedsync_data.journey_runs[]) is
'Notes these steps of journeys, each once for a couple, does them and those that wait, under the locks of their weddings, and returns how many were done.';
revoke all on function wedsync_internal.run_journeys(wedsync_data.journey_runs[]) from public;

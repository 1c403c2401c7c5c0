create or replace function wedsync_internal.due_journey_steps(at timestamptz default now())
returns integer
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.run_journeys(array(
        select row(n.couple_id, n.journey_id, s.step, null, pg_catalog.clock_timestamp(), null, null)::wedsync_data.journey_runs
        from wedsync_data.journey_enrolments as n
        join wedsync_data.journeys as j on j.id = n.journey_id and j.is_active
        join wedsync_data.journey_steps as s on s.journey_id = n.journey_id and s.condition ->> 'on' = 'date'
        join wedsync_data.core_fields as f on f.couple_id = n.couple_id and f.wedding_date is not null
        cross join lateral (
            select (f.wedding_date - (s.condition ->> 'days_before')::integer)::timestamp at time zone f.time_zone as moment
        ) as d
        where n.ended_at is null and d.moment <= $1 and d.moment > n.started_at
            and not exists (
                select from wedsync_data.journey_runs as r where r.couple_id = n.couple_id and r.journey_id = n.journey_id and r.step = s.step
            )
            and wedsync_internal.covers_right(wedsync_internal.granted_readable(n.couple_id, n.supplier_id), 'wedding.date')
    ))
$$;
comment on function wedsync_internal.due_journey_steps(timestamptz) is
'Does the steps of journeys whose day has begun in the zone of the wedding, where the supplier may read its date, and returns how many; days before the enrolment are left out. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.due_journey_steps(timestamptz) from public;

create or replace function wedsync_internal.new_journey_runs()
returns setof wedsync_data.journey_runs
language plpgsql
volatile
as $$
begin
    return query
    with fresh as materialized (
        select e.* from wedsync_internal.read_new_events('advance_journeys', '{durable,supplier}') as e
        where e.couple_id in (select n.couple_id from wedsync_data.journey_enrolments as n where n.ended_at is null)
    ),
    enrolled as materialized (
        select n.couple_id, n.journey_id, n.supplier_id, n.started_seq, wedsync_internal.granted_readable(n.couple_id, n.supplier_id) as readable
        from wedsync_data.journey_enrolments as n
        join wedsync_data.journeys as j on j.id = n.journey_id and j.is_active
        where n.ended_at is null and n.couple_id in (select f.couple_id from fresh as f)
    )
    select n.couple_id, n.journey_id, s.step, min(f.seq), pg_catalog.clock_timestamp(), null::timestamptz, null::text
    from fresh as f
    join enrolled as n on n.couple_id = f.couple_id and f.seq > n.started_seq and n.readable is not null
    join wedsync_data.journey_steps as s on s.journey_id = n.journey_id
    where case s.condition ->> 'on'
        when 'event' then f.event_type = s.condition ->> 'event' and (
            f.class = 'durable' and exists (select from unnest(f.right_nos) as r (right_no) where get_bit(n.readable, r.right_no) = 1)
            or f.class = 'supplier' and f.supplier_id = n.supplier_id
        )
        when 'field' then f.class = 'durable' and exists (
            select from unnest(f.right_nos, f.paths) as p (right_no, path)
            join wedsync_data.field_names as d on d.name = s.condition ->> 'field' and get_bit(d.mask, p.right_no) = 1
            where get_bit(n.readable, p.right_no) = 1 and (not s.condition ? 'value' or coalesce(f.changes, case f.op when 'INSERT' then f.record end) -> p.path #>> '{}' = s.condition ->> 'value')
        )
        when 'step' then f.class = 'supplier' and f.table_name = 'journey_progress' and f.supplier_id = n.supplier_id and f.op <> 'DELETE'
            and f.record ->> 'step' = s.condition ->> 'step' and f.record ->> 'status' = coalesce(s.condition ->> 'status', 'done')
        when 'client' then f.class = 'supplier' and f.table_name = 'client_profiles' and f.supplier_id = n.supplier_id and f.op <> 'DELETE'
            and f.record ->> 'status' = s.condition ->> 'status'
        -- the own booking, which my_bookings shows
        when 'booked' then f.class = 'durable' and f.table_name = 'vendor_assignments' and f.op <> 'DELETE'
            and f.record ->> 'supplier_id' = n.supplier_id::text and f.record ->> 'status' = 'booked'
        else false
    end
    group by n.couple_id, n.journey_id, s.step;
end
$$;
comment on function wedsync_internal.new_journey_runs() is
'Steps of journeys whose condition an event since the last call fulfils, of those that the supplier may read; some may have happened already.';
revoke all on function wedsync_internal.new_journey_runs() from public;

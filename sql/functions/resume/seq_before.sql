create or replace function wedsync_internal.seq_before(couple_id uuid, since timestamptz)
returns bigint
language sql
stable
-- planning covers every partition, so keep the plan
set plan_cache_mode = force_generic_plan
as $$
    -- the clock of a wedding gives number and time together, so both have the same order
    select coalesce(
        (select min(e.seq) - 1 from wedsync_data.events as e where e.couple_id = $1 and e.created_at >= $2),
        (select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = $1),
        0
    )
$$;
comment on function wedsync_internal.seq_before(uuid, timestamptz) is 'Sequence number of the last event of a wedding before a time, among those still retained.';
revoke all on function wedsync_internal.seq_before(uuid, timestamptz) from public;

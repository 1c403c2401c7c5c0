create or replace function wedsync_internal.is_trimmed(couple_id uuid, after_seq bigint)
returns boolean
language plpgsql
stable
-- planned for every day's partition: once is enough
set plan_cache_mode = force_generic_plan
as $$
begin
    if coalesce((select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = is_trimmed.couple_id), 0) <= after_seq then
        return false;
    end if;
    -- the numbers of a wedding have no gaps, so what is not there is not kept
    return not exists (select from wedsync_data.events as e where e.couple_id = is_trimmed.couple_id and e.seq = after_seq + 1);
end
$$;
comment on function wedsync_internal.is_trimmed(uuid, bigint) is 'Whether retention has removed the event of a wedding that came right after a number.';
revoke all on function wedsync_internal.is_trimmed(uuid, bigint) from public;

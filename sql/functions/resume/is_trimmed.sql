create or replace function wedsync_internal.is_trimmed(couple_id uuid, after_seq bigint)
returns boolean
language plpgsql
stable
-- planning covers every partition, so keep the plan
set plan_cache_mode = force_generic_plan
as $$
begin
    if coalesce((select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = is_trimmed.couple_id), 0) <= after_seq then
        return false;
    end if;
    -- the numbers of a wedding have no gaps, so missing ones are no longer retained
    return not exists (select from wedsync_data.events as e where e.couple_id = is_trimmed.couple_id and e.seq = after_seq + 1);
end
$$;
comment on function wedsync_internal.is_trimmed(uuid, bigint) is 'Whether the event of a wedding right after a number is no longer retained.';
revoke all on function wedsync_internal.is_trimmed(uuid, bigint) from public;

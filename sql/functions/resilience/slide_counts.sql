-- drop: function wedsync_internal.slide_counts(smallint[], bigint)
create or replace function wedsync_internal.slide_counts(counts smallint[], steps bigint, amount integer default 1)
returns smallint[]
language plpgsql
immutable
parallel safe
as $$
begin
    -- a bucket far back means that the length of the window was changed: earlier counts are discarded
    if steps >= 60 or steps <= -60 then
        counts := array_fill(0::smallint, array[60]);
    elsif steps > 0 then
        counts := counts[steps + 1:60] || array_fill(0::smallint, array[steps::integer]);
    end if;
    counts[60] := least(counts[60]::bigint + amount, 32767);
    return counts;
end
$$;
comment on function wedsync_internal.slide_counts(smallint[], bigint, integer) is 'Advances the sixty buckets of a window and adds to the newest.';
revoke all on function wedsync_internal.slide_counts(smallint[], bigint, integer) from public;

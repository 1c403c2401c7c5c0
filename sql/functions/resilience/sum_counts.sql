create or replace function wedsync_internal.sum_counts(counts smallint[])
returns integer
language plpgsql
immutable
parallel safe
as $$
declare
    requests smallint;
    used integer := 0;
begin
    foreach requests in array counts loop
        used := used + requests;
    end loop;
    return used;
end
$$;
comment on function wedsync_internal.sum_counts(smallint[]) is 'Requests in all buckets of a window.';
revoke all on function wedsync_internal.sum_counts(smallint[]) from public;

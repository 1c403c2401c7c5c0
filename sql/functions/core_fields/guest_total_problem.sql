create or replace function wedsync_internal.guest_total_problem(guest_count jsonb, total jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
declare
    parts constant numeric := coalesce((guest_count ->> 'adults')::numeric, 0) + coalesce((guest_count ->> 'children')::numeric, 0);
begin
    -- while adults and children are 0, a total alone is an estimate
    if parts in (0, total::numeric) then
        return '[]'::jsonb;
    end if;
    return '[{"path": "wedding.guestCount.total", "rule": "sum_of_adults_and_children"}]'::jsonb;
end
$$;
comment on function wedsync_internal.guest_total_problem(jsonb, jsonb) is 'Problem of a guest total that was given with its parts, as an array of zero or one elements.';
revoke all on function wedsync_internal.guest_total_problem(jsonb, jsonb) from public;

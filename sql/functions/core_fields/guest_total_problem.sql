create or replace function wedsync_internal.guest_total_problem(guest_count jsonb, total jsonb)
returns jsonb
language plpgsql
immutable
parallel safe
as $$
begin
    if coalesce(guest_count -> 'adults', 'null') = 'null' and coalesce(guest_count -> 'children', 'null') = 'null' then
        return '[]'::jsonb;
    end if;
    if total::numeric = coalesce((guest_count ->> 'adults')::numeric, 0) + coalesce((guest_count ->> 'children')::numeric, 0) then
        return '[]'::jsonb;
    end if;
    return '[{"path": "wedding.guestCount.total", "rule": "sum_of_adults_and_children"}]'::jsonb;
end
$$;
comment on function wedsync_internal.guest_total_problem(jsonb, jsonb) is 'Problem of a guest total that was given beside its parts, as an array of none or one.';
revoke all on function wedsync_internal.guest_total_problem(jsonb, jsonb) from public;

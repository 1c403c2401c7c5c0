create or replace function wedsync_internal.refuse_estimates()
returns void
language plpgsql
stable
as $$
begin
    -- PostgREST takes these counts from the planner, which estimates over all rows, not over those that the caller may see
    if nullif(current_setting('request.headers', true), '')::jsonb ->> 'prefer' ~ 'count=(planned|estimated)' and not wedsync_internal.is_service() then
        perform wedsync_internal.fail(
            'invalid_value', '{"parameter": "Prefer", "rule": "count=exact, or no count"}', 'The planner''s estimates take in rows that are hidden from you.'
        );
    end if;
end
$$;
comment on function wedsync_internal.refuse_estimates() is
'Refuses the header Prefer: count=planned and count=estimated of PostgREST: invalid_value (400). Of several Prefer headers PostgREST shows the last one only: a proxy before it joins them.';
revoke all on function wedsync_internal.refuse_estimates() from public;

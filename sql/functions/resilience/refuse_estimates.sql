create or replace function wedsync_internal.refuse_estimates()
returns void
language plpgsql
stable
as $$
begin
    -- PostgREST takes these counts from the planner, which estimates all rows, not only those visible to the caller
    if nullif(current_setting('request.headers', true), '')::jsonb ->> 'prefer' ~ 'count=(planned|estimated)' and not wedsync_internal.is_service() then
        perform wedsync_internal.fail(
            'invalid_value', '{"parameter": "Prefer", "rule": "count=exact, or no count"}', 'The planner''s estimates take in rows that are hidden from you.'
        );
    end if;
end
$$;
comment on function wedsync_internal.refuse_estimates() is
'Rejects PostgREST''s header Prefer: count=planned and count=estimated: invalid_value (400). PostgREST passes on only the last of several Prefer headers: a proxy in front of it has to join them.';
revoke all on function wedsync_internal.refuse_estimates() from public;

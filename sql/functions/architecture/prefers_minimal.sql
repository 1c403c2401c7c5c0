create or replace function wedsync_internal.prefers_minimal()
returns boolean
language plpgsql
stable
as $$
declare
    headers constant text := current_setting('request.headers', true);
begin
    return case when headers like '%return=minimal%' then (headers::jsonb ->> 'prefer') like '%return=minimal%' else false end;
end
$$;
comment on function wedsync_internal.prefers_minimal() is 'Whether the current request of PostgREST asks for no representation in return, by Prefer: return=minimal.';
revoke all on function wedsync_internal.prefers_minimal() from public;

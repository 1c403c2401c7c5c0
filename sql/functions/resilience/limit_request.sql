create or replace function wedsync_internal.limit_request()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    method constant text := current_setting('request.method', true);
    resource constant text := coalesce(current_setting('request.path', true), '');
begin
    perform wedsync_internal.refuse_estimates();
    -- functions and UPDATE of core_fields count their own requests; only reads of views are left
    if method in ('GET', 'HEAD') and resource !~ '/rpc/' and resource !~ '/$' then
        perform wedsync_internal.enforce_rate_limit('core-fields-read');
    end if;
end
$$;
comment on function wedsync_internal.limit_request() is 'Applies the read limit to PostgREST requests for views and rejects estimated counts.';
revoke all on function wedsync_internal.limit_request() from public;
grant execute on function wedsync_internal.limit_request() to anon, authenticated, service_role, wedsync_admin;

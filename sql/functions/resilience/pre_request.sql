-- requires: resilience/enforce_rate_limit
create or replace function wedsync.pre_request()
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    method constant text := current_setting('request.method', true);
    resource constant text := regexp_replace(coalesce(current_setting('request.path', true), ''), '^.*/', '');
begin
    -- functions and UPDATE of core_fields count themselves; what is left are reads of views
    if method in ('GET', 'HEAD') and current_setting('request.path', true) !~ '/rpc/' and resource <> '' then
        perform wedsync_internal.enforce_rate_limit('core-fields-read');
    end if;
end
$$;
comment on function wedsync.pre_request() is
'For PostgREST''s db-pre-request: applies the read limit to views. Name it in the configuration as wedsync.pre_request.';
revoke all on function wedsync.pre_request() from public;
grant execute on function wedsync.pre_request() to anon, authenticated, service_role, wedsync_admin;

create or replace function wedsync.pre_request()
returns void
language plpgsql
volatile
as $$
declare
    headers constant text := pg_catalog.current_setting('request.headers', true);
    -- empty after a transaction that had headers
    api_key constant text := case when headers operator(pg_catalog.<>) '' then headers::pg_catalog.jsonb operator(pg_catalog.->>) 'x-api-key' end;
    key_user pg_catalog.uuid;
begin
    -- Not a definer function: only then can it set the role. A token, if present, takes precedence.
    if current_user operator(pg_catalog.=) 'anon' and api_key operator(pg_catalog.~~) 'wsk_%' then
        key_user := wedsync_internal.api_key_user(api_key);
        if key_user is null then
            perform wedsync_internal.refuse_api_key();
        end if;
        perform pg_catalog.set_config(
            'request.jwt.claims',
            pg_catalog.jsonb_build_object('sub', key_user, 'role', 'authenticated', 'via', 'api_key')::pg_catalog.text, true
        );
        perform pg_catalog.set_config('role', 'authenticated', true);
    end if;
    perform wedsync_internal.check_request();
    perform wedsync_internal.limit_request();
end
$$;
comment on function wedsync.pre_request() is
'For PostgREST''s db-pre-request: authenticates servers by API key (header x-api-key), applies the read limit to views, rejects Prefer: count=planned and count=estimated, which would count hidden rows, and names the function to call where a view is read-only. Configure it as wedsync.pre_request.';
revoke all on function wedsync.pre_request() from public;
grant execute on function wedsync.pre_request() to anon, authenticated, service_role, wedsync_admin;

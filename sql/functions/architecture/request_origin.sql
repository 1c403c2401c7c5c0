create or replace function wedsync_internal.request_origin(out ip_address inet, out user_agent text)
language plpgsql
stable
parallel safe
as $$
declare
    raw constant text := nullif(current_setting('request.headers', true), '');
    headers jsonb;
    forwarded text;
begin
    if raw is null then
        ip_address := pg_catalog.inet_client_addr();
        user_agent := left(nullif(current_setting('application_name', true), ''), 512);
        return;
    end if;
    headers := raw::jsonb;
    user_agent := left(headers ->> 'user-agent', 512);
    forwarded := btrim(split_part(coalesce(headers ->> 'x-real-ip', headers ->> 'x-forwarded-for', ''), ',', 1));
    -- headers can contain anything: cast only what looks like an address
    if forwarded ~ '^(\d{1,3}\.){3}\d{1,3}$' and not exists (
        select from string_to_table(forwarded, '.') as part (octet) where part.octet::integer > 255
    ) then
        ip_address := forwarded::inet;
    elsif forwarded ~* '^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$' then
        ip_address := forwarded::inet;
    else
        ip_address := pg_catalog.inet_client_addr();
    end if;
end
$$;
comment on function wedsync_internal.request_origin() is
'Client address and user agent of the current request: from the headers that PostgREST passes on, otherwise from the connection. Headers are only as reliable as the proxy in front.';
revoke all on function wedsync_internal.request_origin() from public;

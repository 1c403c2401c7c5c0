create or replace function wedsync.receive_webhook(body bytea, headers jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    lower_case jsonb;
    answer jsonb;
begin
    perform wedsync_internal.check_json(headers, 'headers', 16384);
    perform wedsync_internal.require_given('{body,headers}', array[body is not null, headers is not null]);
    if pg_catalog.jsonb_typeof(headers) <> 'object' then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "headers", "rule": "object"}');
    end if;
    select coalesce(pg_catalog.jsonb_object_agg(lower(h.key), h.value), '{}') into lower_case from pg_catalog.jsonb_each_text(headers) as h;
    answer := wedsync_internal.take_webhook(
        lower_case ->> 'webhook-source', body, lower_case, (select o.ip_address from wedsync_internal.request_origin() as o)
    );
    perform set_config('response.status', answer ->> 'http_status', true);
    if answer -> 'retry_after' is not null then
        perform set_config('response.headers', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('Retry-After', answer ->> 'retry_after'))::text, true);
    end if;
    return answer -> 'body';
end
$$;
comment on function wedsync.receive_webhook(bytea, jsonb) is
'Takes a signed webhook; returns {status, message}, through PostgREST with the HTTP status that belongs to it
headers is an object with the HTTP headers; the header webhook-source names the source. status is accepted (202), duplicate (200), malformed (400), unverified or stale (401), replayed (409), too_large (413) or rate_limited (429, with Retry-After). Refusals are counted in security_events. The body has at most webhook_max_bytes. Needs no sign-in: the signature is the proof. Errors: invalid_value (22023), too_large (PT413) for headers.';
revoke all on function wedsync.receive_webhook(bytea, jsonb) from public;
grant execute on function wedsync.receive_webhook(bytea, jsonb) to anon, authenticated;

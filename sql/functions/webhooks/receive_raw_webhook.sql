create or replace function wedsync.receive_raw_webhook(bytea)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return wedsync.receive_webhook(body => coalesce($1, ''), headers => coalesce(nullif(current_setting('request.headers', true), '')::jsonb, '{}'));
end
$$;
comment on function wedsync.receive_raw_webhook(bytea) is
'The same for PostgREST, where the request body is the webhook, sent with Content-Type application/octet-stream, and its headers are those of the request
Returns and errors as receive_webhook.';
revoke all on function wedsync.receive_raw_webhook(bytea) from public;
grant execute on function wedsync.receive_raw_webhook(bytea) to anon, authenticated;

create or replace function wedsync_internal.refuse_api_key()
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.fail('not_signed_in', '{"rule": "the API key is unknown, revoked or expired"}');
end
$$;
comment on function wedsync_internal.refuse_api_key() is 'Raises the error for an invalid API key.';
revoke all on function wedsync_internal.refuse_api_key() from public;
grant execute on function wedsync_internal.refuse_api_key() to anon;

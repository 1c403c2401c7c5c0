create or replace function wedsync.revoke_api_key(id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
begin
    perform wedsync_internal.enforce_rate_limit('account-write');
    perform wedsync_internal.require_given('{id}', array[id is not null]);
    update wedsync_data.api_keys as k set revoked_at = coalesce(k.revoked_at, now()) where k.id = revoke_api_key.id and k.user_id = caller;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.revoke_api_key(uuid) is 'Revokes one of the caller''s API keys
Errors: not_signed_in (42501), not_found (PT404), rate_limited (429).';
revoke all on function wedsync.revoke_api_key(uuid) from public;
grant execute on function wedsync.revoke_api_key(uuid) to authenticated;

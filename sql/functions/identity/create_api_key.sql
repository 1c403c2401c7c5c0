create or replace function wedsync.create_api_key(name text, valid_until timestamptz default 'infinity')
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
    secret constant text := wedsync_internal.new_token('wsk_');
    key_id uuid;
begin
    perform wedsync_internal.enforce_rate_limit('api-key-create');
    if nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'via' = 'api_key' then
        perform wedsync_internal.fail('not_allowed', '{"rule": "an API key cannot create API keys: sign in with a token"}');
    end if;
    if coalesce(name, '') !~ '\S' or length(name) > 100 then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "name", "rule": "1 to 100 characters, not blank"}');
    end if;
    if valid_until is null or valid_until <= now() then
        perform wedsync_internal.fail('invalid_value', '{"parameter": "valid_until", "rule": "in the future"}');
    end if;
    -- locks the user's row, so that the count below stays correct
    perform wedsync_internal.record_user(caller);
    perform wedsync_internal.enforce_cap('api_keys_per_user', (
        select count(*) from wedsync_data.api_keys as k where k.user_id = caller and k.revoked_at is null and k.valid_until > now()
    ));
    insert into wedsync_data.api_keys (user_id, name, key_hash, valid_until)
    values (caller, create_api_key.name, pg_catalog.sha256(convert_to(secret, 'UTF8')), create_api_key.valid_until)
    returning id into key_id;
    return pg_catalog.jsonb_build_object('id', key_id, 'key', secret, 'valid_until', valid_until);
end
$$;
comment on function wedsync.create_api_key(text, timestamptz) is
'Creates an API key with which a server acts as the caller and returns {id, key, valid_until}
The key is returned only once; only its hash is stored. Send it to PostgREST in the header x-api-key. A key cannot create other keys, so revoking a leaked key is sufficient. Errors: not_signed_in and not_allowed (42501), invalid_value (22023), cap_reached (PT409), rate_limited (429).';
revoke all on function wedsync.create_api_key(text, timestamptz) from public;
grant execute on function wedsync.create_api_key(text, timestamptz) to authenticated;

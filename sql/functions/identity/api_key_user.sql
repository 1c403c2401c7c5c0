create or replace function wedsync_internal.api_key_user(api_key text)
returns uuid
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    found_key wedsync_data.api_keys;
begin
    select k.* into found_key
    from wedsync_data.api_keys as k
    where k.key_hash = pg_catalog.sha256(convert_to(api_key, 'UTF8')) and k.revoked_at is null and k.valid_until > now();
    if found_key.id is not null and found_key.last_used_on is distinct from current_date and current_setting('transaction_read_only') = 'off' then
        update wedsync_data.api_keys as k set last_used_on = current_date where k.id = found_key.id;
    end if;
    return found_key.user_id;
end
$$;
comment on function wedsync_internal.api_key_user(text) is 'Returns the user of a valid API key, otherwise null. For wedsync.pre_request, which runs before authentication.';
revoke all on function wedsync_internal.api_key_user(text) from public;
grant execute on function wedsync_internal.api_key_user(text) to anon;

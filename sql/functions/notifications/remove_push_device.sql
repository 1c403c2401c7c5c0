create or replace function wedsync.remove_push_device(id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    caller constant uuid := wedsync_internal.require_user();
begin
    perform wedsync_internal.enforce_rate_limit('notification-write');
    perform wedsync_internal.require_given('{id}', array[id is not null]);
    delete from wedsync_data.push_devices as d where d.id = remove_push_device.id and d.user_id = caller;
    if not found then
        perform wedsync_internal.fail('not_found');
    end if;
end
$$;
comment on function wedsync.remove_push_device(uuid) is 'Removes a browser of the caller from Web Push
Errors: not_signed_in (42501), not_found (PT404), invalid_value (22023), rate_limited (429).';
revoke all on function wedsync.remove_push_device(uuid) from public;
grant execute on function wedsync.remove_push_device(uuid) to authenticated;

create or replace function wedsync.cleanup_inactive_subscriptions()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    return wedsync_internal.close_inactive_subscriptions();
end
$$;
comment on function wedsync.cleanup_inactive_subscriptions() is
'Closes subscriptions without a heartbeat for five minutes and deletes those closed for an hour; returns their number
For server roles; the worker runs it every five minutes. Errors: not_allowed (42501).';
revoke all on function wedsync.cleanup_inactive_subscriptions() from public;
grant execute on function wedsync.cleanup_inactive_subscriptions() to service_role, wedsync_admin;

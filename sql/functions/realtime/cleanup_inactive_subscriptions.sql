-- requires: architecture/fail, identity/is_service
create or replace function wedsync.cleanup_inactive_subscriptions()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    closed integer;
    removed integer;
begin
    if not wedsync_internal.is_service() then
        perform wedsync_internal.fail('not_allowed');
    end if;
    with stale as (
        update wedsync_data.subscriptions as s
        set active = false, group_id = null
        where s.active and (
            s.last_ping_at < now() - interval '5 minutes'
            or not exists (select from wedsync_data.relay_nodes as n where n.node = s.node and n.lease_until > now() - interval '5 minutes')
        )
        returning s.id
    )
    select count(*) into closed from stale;
    delete from wedsync_data.subscriptions as s where not s.active and s.last_ping_at < now() - interval '1 hour';
    get diagnostics removed = row_count;
    delete from wedsync_data.websocket_connections as c where not c.is_active and c.last_ping < now() - interval '1 hour';
    delete from wedsync_data.relay_nodes as n where n.lease_until < now() - interval '1 hour';
    delete from wedsync_data.resume_points as r where r.saved_at < now() - 2 * make_interval(
        mins => (select (s.value #>> '{}')::integer from wedsync_data.settings as s where s.name = 'resume_minutes')
    );
    return closed + removed;
end
$$;
comment on function wedsync.cleanup_inactive_subscriptions() is
'Closes subscriptions without a sign of life for five minutes and removes those closed for an hour; returns how many it touched
For server roles; the worker runs it every five minutes. Errors: not_allowed (42501).';
revoke all on function wedsync.cleanup_inactive_subscriptions() from public;
grant execute on function wedsync.cleanup_inactive_subscriptions() to service_role, wedsync_admin;

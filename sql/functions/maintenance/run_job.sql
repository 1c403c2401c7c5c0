create or replace function wedsync_internal.run_job(name text)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    result integer;
begin
    -- the holder of the row lock runs the job; others skip it
    perform from wedsync_data.scheduled_jobs as j where j.name = run_job.name for update skip locked;
    if not found then
        return null;
    end if;
    case name
        when 'make_partitions' then
            result := wedsync_internal.ensure_partitions();
        when 'drop_partitions' then
            result := wedsync_internal.drop_partitions();
        when 'record_audit_anchors' then
            result := wedsync_internal.record_audit_anchors();
        when 'sweep_presence' then
            result := wedsync_internal.sweep_presence();
        when 'prune_bus' then
            result := wedsync_internal.prune_bus();
        when 'cleanup_sessions' then
            result := wedsync_internal.cleanup_sessions();
        when 'cleanup_subscriptions' then
            result := wedsync_internal.close_inactive_subscriptions();
        when 'notify_suppliers' then
            result := wedsync_internal.notify_suppliers();
        when 'prune_deliveries' then
            result := wedsync_internal.prune_deliveries();
        when 'prune_reach' then
            result := wedsync_internal.prune_reach();
        when 'retry_webhooks' then
            result := wedsync_internal.retry_webhooks();
        when 'prune_webhooks' then
            result := wedsync_internal.prune_webhooks();
        when 'due_task_reminders' then
            result := wedsync_internal.due_task_reminders();
        when 'advance_journeys' then
            result := wedsync_internal.advance_journeys();
        when 'due_journey_steps' then
            result := wedsync_internal.due_journey_steps();
        when 'announce_websites' then
            result := wedsync_internal.announce_websites();
        when 'check_integrations' then
            result := wedsync_internal.check_integrations();
    end case;
    update wedsync_data.scheduled_jobs as j set last_run = pg_catalog.clock_timestamp(), last_result = result where j.name = run_job.name;
    return result;
end
$$;
comment on function wedsync_internal.run_job(text) is 'Runs one scheduled job and returns its count; null if another process is running it or there is no such job.';
revoke all on function wedsync_internal.run_job(text) from public;
grant execute on function wedsync_internal.run_job(text) to wedsync_worker, wedsync_admin;

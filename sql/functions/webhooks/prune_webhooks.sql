create or replace function wedsync_internal.prune_webhooks()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    days constant integer := wedsync_internal.setting_limit('webhook_days');
    deleted integer;
    more integer;
begin
    delete from wedsync_data.webhook_deliveries as d
    where d.received_at < now() - make_interval(days => case d.status when 'dead' then 3 * days else days end);
    get diagnostics deleted = row_count;
    delete from wedsync_data.security_events as e
    where e.minute < now() - make_interval(days => wedsync_internal.setting_limit('security_event_days'));
    get diagnostics more = row_count;
    delete from wedsync_data.webhook_secrets as s where s.valid_until < now();
    return deleted + more;
end
$$;
comment on function wedsync_internal.prune_webhooks() is 'Deletes webhooks and security events that have exceeded their days, and expired secrets; returns how many of the first two.';
revoke all on function wedsync_internal.prune_webhooks() from public;

create or replace function wedsync.retry_webhook(source text, id text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wedsync_internal.require_given('{source,id}', array[source is not null, id is not null]);
    update wedsync_data.webhook_deliveries as d
    set status = 'failed', attempts = 0, next_attempt_at = pg_catalog.clock_timestamp()
    where d.source = retry_webhook.source and d.id = retry_webhook.id and d.status in ('failed', 'dead');
    if found then
        return;
    end if;
    if exists (select from wedsync_data.webhook_deliveries as d where d.source = retry_webhook.source and d.id = retry_webhook.id) then
        perform wedsync_internal.fail('state_conflict', '{"rule": "the webhook must be failed or dead"}', 'Read its status in webhook_deliveries.');
    end if;
    perform wedsync_internal.fail('not_found');
end
$$;
comment on function wedsync.retry_webhook(text, text) is
'Has a webhook that failed, or a dead letter, handled again within seconds. For server roles. Errors: not_found (PT404), state_conflict (PT409), invalid_value (22023).';
revoke all on function wedsync.retry_webhook(text, text) from public;
grant execute on function wedsync.retry_webhook(text, text) to service_role, wedsync_admin;

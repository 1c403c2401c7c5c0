create or replace function wedsync_internal.retry_webhooks()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    due record;
    handled integer := 0;
begin
    -- a server role would lend its rights to what is handled; the worker has none
    if wedsync_internal.is_service() then
        return 0;
    end if;
    for due in
        select d.source, d.id
        from wedsync_data.webhook_deliveries as d
        where d.status = 'failed' and d.next_attempt_at <= pg_catalog.clock_timestamp()
        order by d.next_attempt_at
        limit 20
        for no key update skip locked
    loop
        perform wedsync_internal.handle_webhook(due.source, due.id);
        handled := handled + 1;
    end loop;
    return handled;
end
$$;
comment on function wedsync_internal.retry_webhooks() is 'Repeats failed webhooks that are due, at most 20; returns how many. Does nothing for server roles.';
revoke all on function wedsync_internal.retry_webhooks() from public;

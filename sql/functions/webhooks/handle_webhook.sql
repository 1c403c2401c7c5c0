create or replace function wedsync_internal.handle_webhook(source text, id text)
returns text
language plpgsql
volatile
as $$
declare
    known wedsync_data.webhook_sources;
    claims_before constant text := coalesce(current_setting('request.jwt.claims', true), '');
    delivery wedsync_data.webhook_deliveries;
    answer jsonb;
    error_state text;
    message text;
    detail text;
    is_transient boolean;
begin
    select s.* into known from wedsync_data.webhook_sources as s where s.name = handle_webhook.source;
    select d.* into delivery from wedsync_data.webhook_deliveries as d where d.source = handle_webhook.source and d.id = handle_webhook.id for no key update;
    -- the rights of a server role would replace those of the user
    if wedsync_internal.is_service() then
        update wedsync_data.webhook_deliveries as d
        set status = 'failed', next_attempt_at = pg_catalog.clock_timestamp()
        where d.source = handle_webhook.source and d.id = handle_webhook.id;
        return 'failed';
    end if;
    begin
        perform set_config(
            'request.jwt.claims', pg_catalog.jsonb_build_object('sub', known.acts_as, 'role', 'authenticated', 'via', 'webhook')::text, true
        );
        answer := case known.handler
            when 'core_fields' then wedsync_internal.webhook_core_fields(delivery.payload)
            when 'rsvp' then wedsync_internal.webhook_rsvp(delivery.payload)
        end;
        perform set_config('request.jwt.claims', claims_before, true);
    exception
        when data_exception or integrity_constraint_violation or insufficient_privilege or raise_exception or lock_not_available or deadlock_detected
            or sqlstate 'PT400' or sqlstate 'PT403' or sqlstate 'PT404' or sqlstate 'PT405' or sqlstate 'PT409' or sqlstate 'PT410' or sqlstate 'PT413'
            or sqlstate 'PT422' or sqlstate 'PGRST'
        then
            get stacked diagnostics error_state = returned_sqlstate, message = message_text, detail = pg_exception_detail;
    end;
    if error_state is null then
        update wedsync_data.webhook_deliveries as d
        set status = 'handled', attempts = d.attempts + 1, next_attempt_at = null, sqlstate = null, problem = null, result = answer
        where d.source = handle_webhook.source and d.id = handle_webhook.id;
        return 'handled';
    end if;
    -- limits, locks and conflicts pass; what is wrong with a webhook stays wrong
    is_transient := error_state in ('PGRST', 'PT409', '55P03', '40P01') and delivery.attempts + 1 < wedsync_internal.setting_limit('webhook_attempts');
    update wedsync_data.webhook_deliveries as d
    set status = case when is_transient then 'failed' else 'dead' end, attempts = d.attempts + 1, sqlstate = error_state,
        problem = pg_catalog.jsonb_build_object('message', message, 'detail', nullif(detail, '')),
        next_attempt_at = case when is_transient then pg_catalog.clock_timestamp() + make_interval(secs => 30 * 2 ^ d.attempts * (0.8 + 0.4 * random())) end
    where d.source = handle_webhook.source and d.id = handle_webhook.id;
    return case when is_transient then 'failed' else 'dead' end;
end
$$;
comment on function wedsync_internal.handle_webhook(text, text) is
'Has a stored webhook handled with the rights of its source''s user; returns handled, failed (it will be repeated) or dead. The errors that handlers raise are kept with the webhook; others undo it, so that the sender repeats it.';
revoke all on function wedsync_internal.handle_webhook(text, text) from public;

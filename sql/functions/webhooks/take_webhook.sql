create or replace function wedsync_internal.take_webhook(source text, body bytea, headers jsonb, address inet)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    known wedsync_data.webhook_sources;
    named text;
    rule wedsync_data.rate_limits;
    wait integer;
    content jsonb;
    delivery_id text;
    sent_at timestamptz;
    before wedsync_data.webhook_deliveries;
begin
    select s.* into known from wedsync_data.webhook_sources as s where s.name = take_webhook.source and s.is_enabled;
    named := coalesce(known.name, '');
    -- the size before anything else: nothing below is done with a large body
    if coalesce(octet_length(body), 0) > wedsync_internal.setting_limit('webhook_max_bytes') then
        perform wedsync_internal.note_security_event('too_large', named, address);
        return wedsync_internal.webhook_answer('too_large');
    end if;
    if known.name is null or body is null or not wedsync_internal.verified_webhook(known, body, coalesce(headers, '{}')) then
        -- verified webhooks are counted by themselves, so that nobody without the secret can use up their limit
        select r.* into rule from wedsync_data.rate_limits as r where r.endpoint = 'webhook-unverified';
        if rule.endpoint is null then
            perform wedsync_internal.fail('limiter_unavailable', '{"endpoint": "webhook-unverified"}');
        end if;
        wait := wedsync_internal.count_request(md5('unverified webhook ' || named || ' ' || coalesce(host(address), ''))::uuid, rule);
        if wait is not null then
            perform wedsync_internal.note_security_event('rate_limited', named, address);
            return wedsync_internal.webhook_answer('rate_limited', wait);
        end if;
        perform wedsync_internal.note_security_event(case when known.name is null then 'unknown_source' else 'bad_signature' end, named, address);
        return wedsync_internal.webhook_answer('unverified');
    end if;
    wait := wedsync_internal.count_request(
        md5('webhook ' || named)::uuid, row('webhook', known.max_requests, known.per_seconds, '')::wedsync_data.rate_limits
    );
    if wait is not null then
        perform wedsync_internal.note_security_event('rate_limited', named, address);
        return wedsync_internal.webhook_answer('rate_limited', wait);
    end if;
    content := wedsync_internal.json_of_body(body);
    if known.scheme = 'standard' then
        delivery_id := headers ->> 'webhook-id';
        sent_at := wedsync_internal.epoch_as_time(headers ->> 'webhook-timestamp');
    else
        delivery_id := content ->> 'id';
        sent_at := wedsync_internal.epoch_as_time(content ->> 'timestamp');
    end if;
    if content is null or coalesce(length(delivery_id), 0) not between 1 and 255 or sent_at is null then
        perform wedsync_internal.note_security_event('malformed', named, address);
        return wedsync_internal.webhook_answer('malformed');
    end if;
    if abs(extract(epoch from pg_catalog.clock_timestamp() - sent_at)) > known.tolerance_seconds then
        perform wedsync_internal.note_security_event('stale', named, address);
        return wedsync_internal.webhook_answer('stale');
    end if;
    insert into wedsync_data.webhook_deliveries as d (source, id, signed_at, address, payload)
    values (named, delivery_id, sent_at, take_webhook.address, content)
    on conflict on constraint webhook_deliveries_pkey do nothing;
    if not found then
        -- a sender that repeats a webhook signs it anew, somebody who has recorded it cannot
        select d.* into before from wedsync_data.webhook_deliveries as d where d.source = named and d.id = delivery_id for no key update;
        if sent_at <= before.signed_at then
            perform wedsync_internal.note_security_event('replayed', named, address);
            return wedsync_internal.webhook_answer('replayed');
        end if;
        update wedsync_data.webhook_deliveries as d set signed_at = sent_at where d.source = named and d.id = delivery_id;
        return wedsync_internal.webhook_answer('duplicate');
    end if;
    if known.handler <> 'store' then
        perform wedsync_internal.handle_webhook(named, delivery_id);
    end if;
    return wedsync_internal.webhook_answer('accepted');
end
$$;
comment on function wedsync_internal.take_webhook(text, bytea, jsonb, inet) is
'Verifies a webhook, stores it and handles it; returns the answer to the sender (webhook_answer)
Headers are an object with names in lower case. Refusals are answers, not errors, so that the security event is kept. A webhook that cannot be handled was accepted all the same: it is repeated, or becomes a dead letter.';
revoke all on function wedsync_internal.take_webhook(text, bytea, jsonb, inet) from public;
grant execute on function wedsync_internal.take_webhook(text, bytea, jsonb, inet) to wedsync_worker;

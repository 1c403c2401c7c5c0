create or replace function wedsync_internal.verified_webhook(source wedsync_data.webhook_sources, body bytea, headers jsonb)
returns boolean
language sql
volatile
as $$
    with signed as (
        select
            case source.scheme
                when 'standard' then convert_to((headers ->> 'webhook-id') || '.' || (headers ->> 'webhook-timestamp') || '.', 'UTF8') || body
                else body
            end as message
    ), given as (
        -- a sender that changes its secret sends the signatures of both
        select decode(g.text[1], 'base64') as signature
        from regexp_matches(headers ->> 'webhook-signature', '(?:^|\s)v1,([A-Za-z0-9+/]{43}=)(?=\s|$)', 'g') as g (text)
        where source.scheme = 'standard'
        union all
        select decode(g.text[1], 'hex')
        from regexp_matches(lower(headers ->> 'x-webhook-signature'), '^(?:sha256=)?([0-9a-f]{64})$') as g (text)
        where source.scheme = 'body'
    )
    -- all secrets and the first signatures are tried, whatever matches
    select coalesce(bool_or(wedsync_internal.equal_in_constant_time(g.signature, wedsync_internal.hmac_sha256(s.secret, i.message))), false)
    from signed as i
    cross join (select given.signature from given limit 4) as g
    join wedsync_data.webhook_secrets as s on s.source = source.name and s.valid_until > clock_timestamp()
$$;
comment on function wedsync_internal.verified_webhook(wedsync_data.webhook_sources, bytea, jsonb) is
'Whether one of the signatures of a webhook was made with a valid secret of its source. Headers are an object with names in lower case.';
revoke all on function wedsync_internal.verified_webhook(wedsync_data.webhook_sources, bytea, jsonb) from public;

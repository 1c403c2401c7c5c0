create or replace function wedsync_internal.webhook_answer(outcome text, retry_after integer default null)
returns jsonb
language sql
immutable
parallel safe
return jsonb_strip_nulls(jsonb_build_object(
    'http_status', case outcome
        when 'accepted' then 202
        when 'duplicate' then 200
        when 'malformed' then 400
        when 'unverified' then 401
        when 'stale' then 401
        when 'replayed' then 409
        when 'too_large' then 413
        when 'rate_limited' then 429
    end,
    'retry_after', retry_after,
    'body', jsonb_build_object('status', outcome, 'message', case outcome
        when 'accepted' then 'Accepted'
        when 'duplicate' then 'This webhook was accepted before'
        when 'malformed' then 'The body must be a JSON object with valid text and numbers'
        when 'unverified' then 'The source is unknown, or the signature does not match'
        when 'stale' then 'The timestamp is too far from the current time'
        when 'replayed' then 'This id was received before with the same timestamp'
        when 'too_large' then 'The body is too large'
        when 'rate_limited' then 'Too many webhooks'
    end)
));
comment on function wedsync_internal.webhook_answer(text, integer) is 'The answer to a sender: {http_status, retry_after, body: {status, message}}. Unknown sources and wrong signatures have the same one.';
revoke all on function wedsync_internal.webhook_answer(text, integer) from public;

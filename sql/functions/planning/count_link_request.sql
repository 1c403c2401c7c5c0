create or replace function wedsync_internal.count_link_request(endpoint text, token text)
returns void
language plpgsql
volatile
as $$
begin
    if wedsync_internal.current_user_id() is not null and not wedsync_internal.is_service() then
        perform wedsync_internal.enforce_rate_limit(endpoint);
    else
        -- nobody is signed in, so the link counts as the user; an unknown one is refused, and what is refused leaves no row
        perform wedsync_internal.enforce_rate_limit(
            endpoint, 1, encode(substr(pg_catalog.sha256(convert_to(coalesce(left(token, 200), ''), 'UTF8')), 1, 16), 'hex')::uuid
        );
    end if;
end
$$;
comment on function wedsync_internal.count_link_request(text, text) is
'Counts a request that carries a secret instead of a sign-in against the limit of the endpoint: per user if one is signed in, otherwise per secret.';
revoke all on function wedsync_internal.count_link_request(text, text) from public;

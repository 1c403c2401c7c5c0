create or replace function wedsync_internal.add_webhook_secret(source text)
returns text
language sql
volatile
as $$
    insert into wedsync_data.webhook_secrets as s (source, secret)
    select add_webhook_secret.source, wedsync_internal.random_secret()
    returning 'whsec_' || encode(s.secret, 'base64')
$$;
comment on function wedsync_internal.add_webhook_secret(text) is 'Adds a random secret to a source and returns it in the form of Standard Webhooks: whsec_ and base64.';
revoke all on function wedsync_internal.add_webhook_secret(text) from public;

create or replace function wedsync.send(payload jsonb, event text, topic text, private boolean default true)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync.broadcast($3, $2, $1, $4)
$$;
comment on function wedsync.send(jsonb, text, text, boolean) is
'broadcast with the argument order of realtime.send, to ease migration
Unlike realtime.send, it raises errors, those of broadcast, such as rate_limited (429).';
revoke all on function wedsync.send(jsonb, text, text, boolean) from public;
grant execute on function wedsync.send(jsonb, text, text, boolean) to authenticated, service_role, wedsync_admin;

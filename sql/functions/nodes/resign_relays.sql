create or replace function wedsync_internal.resign_relays(node uuid)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    update wedsync_data.relay_leadership as l set leader = null, lease_until = '-infinity' where l.leader = $1
$$;
comment on function wedsync_internal.resign_relays(uuid) is 'Resigns the leadership, so that another node takes over immediately.';
revoke all on function wedsync_internal.resign_relays(uuid) from public;
grant execute on function wedsync_internal.resign_relays(uuid) to wedsync_worker;

create or replace function wedsync_internal.notify_load()
returns table (waiting bigint, readers bigint)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        -- the lock that a transaction with NOTIFY takes for its commit: on no database in particular
        (
            select count(*) from pg_catalog.pg_locks as l
            where not l.granted and l.locktype = 'object' and l.database = 0 and l.classid = 'pg_catalog.pg_database'::regclass and l.objid = 0
        ),
        -- one leader reads for all that are fed
        (select count(*) filter (where not n.fed) + coalesce(max(n.fed::integer), 0) from wedsync_data.relay_nodes as n where n.lease_until > now())
$$;
comment on function wedsync_internal.notify_load() is
'What NOTIFY costs now: waiting, the transactions of the cluster whose commit waits for another one that commits with NOTIFY, and readers, the relays that each notification wakes. Where that is too much, relays keep polling so that no writer notifies.';
revoke all on function wedsync_internal.notify_load() from public;
grant execute on function wedsync_internal.notify_load() to wedsync_worker;

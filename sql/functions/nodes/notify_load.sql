create or replace function wedsync_internal.notify_load()
returns table (waiting bigint, readers bigint)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        -- the lock that transactions with NOTIFY take for their commit, which belongs to no database
        (
            select count(*) from pg_catalog.pg_locks as l
            where not l.granted and l.locktype = 'object' and l.database = 0 and l.classid = 'pg_catalog.pg_database'::regclass and l.objid = 0
        ),
        -- one leader reads for all followers
        (select count(*) filter (where not n.fed) + coalesce(max(n.fed::integer), 0) from wedsync_data.relay_nodes as n where n.lease_until > now())
$$;
comment on function wedsync_internal.notify_load() is
'The current cost of NOTIFY: waiting is the number of transactions in the cluster whose commit waits for another one with NOTIFY, readers the number of relays that each notification wakes. If it is too high, relays keep polling so that writers do not notify.';
revoke all on function wedsync_internal.notify_load() from public;
grant execute on function wedsync_internal.notify_load() to wedsync_worker;

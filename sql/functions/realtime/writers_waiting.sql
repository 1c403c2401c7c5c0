create or replace function wedsync_internal.writers_waiting()
returns bigint
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    -- the lock that a transaction with NOTIFY takes for its commit: on no database in particular
    select count(*) from pg_catalog.pg_locks as l
    where not l.granted and l.locktype = 'object' and l.database = 0 and l.classid = 'pg_catalog.pg_database'::regclass and l.objid = 0
$$;
comment on function wedsync_internal.writers_waiting() is
'How many transactions of the cluster wait at this moment to commit because another one commits with NOTIFY. While any do, relays stay awake so that nobody rings.';
revoke all on function wedsync_internal.writers_waiting() from public;
grant execute on function wedsync_internal.writers_waiting() to wedsync_worker;

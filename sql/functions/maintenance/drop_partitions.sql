create or replace function wedsync_internal.drop_partitions()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
    expired record;
    dropped integer := 0;
begin
    for expired in select e.* from wedsync_internal.expired_partitions() as e loop
        execute format('drop table wedsync_data.%I', expired.partition_name);
        dropped := dropped + 1;
    end loop;
    return dropped;
end
$$;
comment on function wedsync_internal.drop_partitions() is
'Drops expired partitions and returns their number. Waits at most two seconds for the lock, so that writers are not blocked; the next run tries again.';
revoke all on function wedsync_internal.drop_partitions() from public;
grant execute on function wedsync_internal.drop_partitions() to wedsync_worker, wedsync_admin;

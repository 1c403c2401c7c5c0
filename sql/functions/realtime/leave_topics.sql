create or replace function wedsync_internal.leave_topics(subscription_ids bigint[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    delete from wedsync_data.subscriptions as s where s.id = any ($1)
$$;
comment on function wedsync_internal.leave_topics(bigint[]) is 'Ends subscriptions. Groups that nobody is left in go with the next renewal of the lease.';
revoke all on function wedsync_internal.leave_topics(bigint[]) from public;
grant execute on function wedsync_internal.leave_topics(bigint[]) to wedsync_worker;

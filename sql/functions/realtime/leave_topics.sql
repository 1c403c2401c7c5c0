create or replace function wedsync_internal.leave_topics(subscription_ids bigint[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    with gone as (
        delete from wedsync_data.subscriptions as s where s.id = any ($1) returning s.group_id
    )
    delete from wedsync_data.subscription_groups as g
    where g.id in (select gone.group_id from gone)
        and not exists (select from wedsync_data.subscriptions as s where s.group_id = g.id and s.id <> all ($1))
$$;
comment on function wedsync_internal.leave_topics(bigint[]) is 'Ends subscriptions, and groups that nobody is left in.';
revoke all on function wedsync_internal.leave_topics(bigint[]) from public;
grant execute on function wedsync_internal.leave_topics(bigint[]) to wedsync_worker;

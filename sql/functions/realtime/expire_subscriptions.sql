-- requires: realtime/regroup_subscriptions
create or replace function wedsync_internal.expire_subscriptions()
returns integer
language sql
volatile
as $$
    select coalesce(sum(wedsync_internal.regroup_subscriptions(s.couple_id, null)), 0)::integer
    from (select distinct s.couple_id from wedsync_data.subscriptions as s where s.active and s.valid_until < 'infinity' and s.valid_until <= now()) as s
$$;
comment on function wedsync_internal.expire_subscriptions() is 'Moves subscriptions whose rights ended or began by themselves. Their groups heard nothing since that moment.';
revoke all on function wedsync_internal.expire_subscriptions() from public;

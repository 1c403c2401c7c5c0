create or replace function wedsync_internal.forget_positions(subscription_ids bigint[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    delete from wedsync_data.resume_points as r
    using wedsync_data.subscriptions as s
    where s.id = any ($1) and r.user_id = s.user_id and r.topic = s.topic and r.session = coalesce(s.session, '')
        -- another socket of the client may have saved its own since
        and (s.resync or r.position::text = s.resumed_from::text);
    -- it owes this no more: what is saved from here on is another absence
    update wedsync_data.subscriptions as s set resumed_from = null, resync = false
    where s.id = any ($1) and (s.resync or s.resumed_from is not null);

    -- what a process that died before such a join left behind: the join went on from there
    update wedsync_data.subscriptions as d set active = false, group_id = null, last_ping_at = now()
    from wedsync_data.subscriptions as s, wedsync_data.relay_nodes as n
    where s.id = any ($1) and d.user_id = s.user_id and d.topic = s.topic and d.session = s.session and d.active
        and n.node = d.node and n.lease_until <= s.joined_at
$$;
comment on function wedsync_internal.forget_positions(bigint[]) is
'Removes the positions that subscriptions went on from or could not go on from, also those in what processes that died have left behind, once their clients have confirmed what they had missed, or left on purpose.';
revoke all on function wedsync_internal.forget_positions(bigint[]) from public;
grant execute on function wedsync_internal.forget_positions(bigint[]) to wedsync_worker;

-- drop: function wedsync_internal.leave_topics(bigint[])
create or replace function wedsync_internal.leave_topics(subscription_ids bigint[], positions text[] default null)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- in the lock order of changes of access
    perform from wedsync_data.subscriptions as s where s.id = any (subscription_ids) order by s.id for no key update;
    perform wedsync_internal.forget_positions(array(
        select l.id from unnest(subscription_ids, positions) as l (id, position) where l.position is null
    ));
    perform wedsync_internal.save_positions(pg_catalog.jsonb_agg(l.point), (select e.epoch from wedsync_data.stream_epoch as e))
    from (
        select pg_catalog.jsonb_build_object(
            'user_id', s.user_id, 'session', s.session, 'topic', s.topic,
            -- a worker only knows its own cursor, which may be behind the join
            'position', case
                when wedsync_internal.snapshot_precedes(s.joined_position, l.position::pg_snapshot) then l.position
                else coalesce(s.resumed_from, s.joined_position)::text
            end,
            'is_counted', wedsync_internal.is_counted(s),
            -- the client may not have received it
            'lost_right', s.group_id is null
        )
        from unnest(subscription_ids, positions) as l (id, position)
        join wedsync_data.subscriptions as s on s.id = l.id
        where l.position is not null and s.user_id is not null and s.active and not s.ended
    ) as l (point)
    having count(*) > 0;
    update wedsync_data.subscriptions as s set active = false, group_id = null, last_ping_at = now() where s.id = any (subscription_ids);
end
$$;
comment on function wedsync_internal.leave_topics(bigint[], text[]) is
'Ends subscriptions. With positions (null for those that left deliberately) their clients can resume from there; of several sockets of one client, the oldest position applies. Empty groups are deleted with the next renewal of the lease.';
revoke all on function wedsync_internal.leave_topics(bigint[], text[]) from public;
grant execute on function wedsync_internal.leave_topics(bigint[], text[]) to wedsync_worker;

-- drop: function wedsync_internal.leave_topics(bigint[])
create or replace function wedsync_internal.leave_topics(subscription_ids bigint[], positions text[] default null)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if positions is not null then
        insert into wedsync_data.resume_points as r (user_id, session, topic, position, epoch)
        select distinct on (s.user_id, s.topic, coalesce(s.session, ''))
            s.user_id, coalesce(s.session, ''), s.topic, l.position::pg_snapshot, (select e.epoch from wedsync_data.stream_epoch as e)
        from unnest(subscription_ids, positions) as l (id, position)
        join wedsync_data.subscriptions as s on s.id = l.id
        where l.position is not null and s.user_id is not null and s.active and s.group_id is not null
        order by s.user_id, s.topic, coalesce(s.session, ''), pg_catalog.pg_snapshot_xmax(l.position::pg_snapshot)
        on conflict on constraint resume_points_pkey do update
        set position = case
                when pg_catalog.pg_snapshot_xmax(excluded.position) < pg_catalog.pg_snapshot_xmax(r.position) then excluded.position else r.position
            end,
            epoch = excluded.epoch, saved_at = excluded.saved_at;
    end if;
    update wedsync_data.subscriptions as s set active = false, group_id = null, last_ping_at = now() where s.id = any (subscription_ids);
end
$$;
comment on function wedsync_internal.leave_topics(bigint[], text[]) is
'Ends subscriptions. With positions (null for those that left on purpose) their clients can go on from there; of several sockets of one client the oldest position counts. Groups that nobody is left in go with the next renewal of the lease.';
revoke all on function wedsync_internal.leave_topics(bigint[], text[]) from public;
grant execute on function wedsync_internal.leave_topics(bigint[], text[]) to wedsync_worker;

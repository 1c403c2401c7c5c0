create or replace function wedsync_internal.close_inactive_subscriptions()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    closed integer;
    points jsonb;
    removed integer;
begin
    with stale as (
        update wedsync_data.subscriptions as s
        set active = false, group_id = null
        from (
            select o.id, not o.ended as goes_on, o.group_id is null as lost_right
            from wedsync_data.subscriptions as o
            where o.active and (
                o.last_ping_at < now() - interval '5 minutes'
                or not exists (select from wedsync_data.relay_nodes as n where n.node = o.node and n.lease_until > now() - interval '5 minutes')
            )
            -- in the lock order of changes of access
            order by o.id
            for update
        ) as o
        where o.id = s.id
        returning s.*, o.goes_on, o.lost_right, wedsync_internal.is_counted(s) as is_counted
    )
    select count(*), pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'user_id', s.user_id, 'session', s.session, 'topic', s.topic, 'position', case
            when wedsync_internal.snapshot_precedes(s.joined_position, coalesce(s.came_to, n.safe_position)) then coalesce(s.came_to, n.safe_position)
            else coalesce(s.resumed_from, s.joined_position)
        end::text,
        'is_counted', s.is_counted, 'lost_right', s.lost_right
    )) filter (where s.user_id is not null and s.goes_on)
    into closed, points
    from stale as s join wedsync_data.relay_nodes as n on n.node = s.node;
    -- a client that returns late still resumes without a gap
    if points is not null then
        perform wedsync_internal.save_positions(points, (select e.epoch from wedsync_data.stream_epoch as e));
    end if;
    delete from wedsync_data.subscriptions as s where not s.active and s.last_ping_at < now() - interval '1 hour';
    get diagnostics removed = row_count;
    delete from wedsync_data.websocket_connections as c where not c.is_active and c.last_ping < now() - interval '1 hour';
    perform from wedsync_data.subscriptions as s
    where s.node in (select n.node from wedsync_data.relay_nodes as n where n.lease_until < now() - interval '1 hour')
    order by s.id
    for update;
    delete from wedsync_data.relay_nodes as n where n.lease_until < now() - interval '1 hour';
    -- a client that returns too late to resume is told to resync
    delete from wedsync_data.resume_points as r where r.saved_at < now() - (
        select make_interval(
            days => max((s.value #>> '{}')::integer) filter (where s.name = 'remember_days'),
            mins => max((s.value #>> '{}')::integer) filter (where s.name = 'resume_minutes')
        )
        from wedsync_data.settings as s where s.name in ('remember_days', 'resume_minutes')
    );
    return closed + removed;
end
$$;
comment on function wedsync_internal.close_inactive_subscriptions() is
'Closes subscriptions without a heartbeat for five minutes and deletes those closed for an hour; returns their number. Run by the worker as a scheduled job.';
revoke all on function wedsync_internal.close_inactive_subscriptions() from public;

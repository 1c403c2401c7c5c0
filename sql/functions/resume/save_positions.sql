create or replace function wedsync_internal.save_positions(points jsonb, epoch uuid)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into wedsync_data.resume_points as r (user_id, session, topic, position, epoch, clients)
    select distinct on (p.user_id, p.topic, coalesce(p.session, ''))
        p.user_id, coalesce(p.session, ''), p.topic, p.position::pg_snapshot, case when p.lost_right is not true then $2 end,
        count(*) filter (where p.is_counted is not true) over (partition by p.user_id, p.topic, coalesce(p.session, ''))
    from pg_catalog.jsonb_to_recordset(points) as p (user_id uuid, session text, topic text, position text, is_counted boolean, lost_right boolean)
    order by p.user_id, p.topic, coalesce(p.session, ''), p.lost_right nulls last, pg_catalog.pg_snapshot_xmax(p.position::pg_snapshot),
        (select count(*) from pg_catalog.pg_snapshot_xip(p.position::pg_snapshot) as x (id)) desc
    on conflict on constraint resume_points_pkey do update
    set position = case
            when r.epoch = excluded.epoch and wedsync_internal.snapshot_precedes(r.position, excluded.position) then r.position
            else excluded.position
        end,
        -- a stale position does not become a valid one: where one client has to resync, all do
        epoch = case when r.epoch = excluded.epoch and r.saved_at >= wedsync_internal.resumable_since() then r.epoch end,
        saved_at = case when r.epoch = excluded.epoch and r.saved_at >= wedsync_internal.resumable_since() then r.saved_at else excluded.saved_at end,
        kept_at = excluded.kept_at,
        clients = r.clients + excluded.clients
$$;
comment on function wedsync_internal.save_positions(jsonb, uuid) is
'Stores the positions of clients in an epoch: array of {user_id, session, topic, position, is_counted, lost_right}. Of several sockets of one client, or several clients without a session, the oldest position counts. is_counted: the client is one of those that the position is kept for. lost_right: its channel lost access, so it has to resync. A worker calls it for sockets whose subscriptions the database has lost.';
revoke all on function wedsync_internal.save_positions(jsonb, uuid) from public;
grant execute on function wedsync_internal.save_positions(jsonb, uuid) to wedsync_worker;

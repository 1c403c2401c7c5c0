-- requires: realtime/is_older
create or replace function wedsync_internal.save_positions(points jsonb, epoch uuid)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into wedsync_data.resume_points as r (user_id, session, topic, position, epoch)
    select distinct on (p.user_id, p.topic, coalesce(p.session, ''))
        p.user_id, coalesce(p.session, ''), p.topic, p.position::pg_snapshot, $2
    from pg_catalog.jsonb_to_recordset(points) as p (user_id uuid, session text, topic text, position text)
    order by p.user_id, p.topic, coalesce(p.session, ''), pg_catalog.pg_snapshot_xmax(p.position::pg_snapshot),
        (select count(*) from pg_catalog.pg_snapshot_xip(p.position::pg_snapshot) as x (id)) desc
    on conflict on constraint resume_points_pkey do update
    set position = case
            when r.epoch = excluded.epoch and wedsync_internal.is_older(r.position, excluded.position) then r.position
            else excluded.position
        end,
        epoch = case when r.epoch = excluded.epoch then r.epoch end
        -- saved_at stays: an old position does not become a new one
$$;
comment on function wedsync_internal.save_positions(jsonb, uuid) is
'Notes how far clients had come in an epoch: array of {user_id, session, topic, position}. Of several sockets of one client the oldest position counts. A worker calls it for sockets whose subscriptions the database has lost.';
revoke all on function wedsync_internal.save_positions(jsonb, uuid) from public;
grant execute on function wedsync_internal.save_positions(jsonb, uuid) to wedsync_worker;

-- drop: function wedsync_internal.resume_position(uuid, text, text)
create or replace function wedsync_internal.resume_position(user_id uuid, session text, topic text, out resume_from pg_snapshot, out is_stale boolean, out is_return boolean)
language plpgsql
stable
as $$
declare
    saved wedsync_data.resume_points;
    last_known pg_snapshot;
    lost_right boolean;
    present constant wedsync_data.stream_epoch := (select e from wedsync_data.stream_epoch as e);
    oldest timestamptz;
begin
    is_stale := false;
    is_return := false;
    select r.* into saved
    from wedsync_data.resume_points as r
    where r.user_id = resume_position.user_id and r.topic = resume_position.topic and r.session = coalesce(resume_position.session, '');
    if saved.user_id is not null or coalesce(present.lost_end_at, present.lost_sockets_at) is not null then
        oldest := wedsync_internal.resumable_since();
    end if;
    if saved.user_id is not null then
        if saved.epoch is distinct from present.epoch or saved.saved_at < oldest then
            -- it stays until the client has confirmed the resync
            is_stale := true;
            is_return := true;
            return;
        end if;
        resume_from := saved.position;
    end if;
    -- Sockets whose end was not reported. Without a session this may be another tab: it receives again what may have been lost.
    select s.came_to, s.is_gone, s.lost_right into last_known, is_return, lost_right
    from (
        select s.session is not null or n.lease_until < now() as is_gone, s.group_id is null as lost_right, case
            when wedsync_internal.snapshot_precedes(s.joined_position, coalesce(s.came_to, n.safe_position)) then coalesce(s.came_to, n.safe_position)
            -- nothing is confirmed since its join, not even what it had missed before
            else coalesce(s.resumed_from, s.joined_position)
        end as came_to
        from wedsync_data.subscriptions as s
        join wedsync_data.relay_nodes as n on n.node = s.node
        where s.user_id = resume_position.user_id and s.topic = resume_position.topic and s.active
            and not s.ended
            and s.session is not distinct from nullif(resume_position.session, '')
    ) as s
    order by s.lost_right desc, pg_catalog.pg_snapshot_xmax(s.came_to), (select count(*) from pg_catalog.pg_snapshot_xip(s.came_to) as x (id)) desc
    limit 1;
    is_return := coalesce(is_return, false) or saved.user_id is not null;
    if lost_right then
        -- a channel that lost access was closed, which its client may not know: readmitted, it starts from a fresh snapshot
        resume_from := null;
        is_stale := true;
        return;
    end if;
    if resume_from is null or wedsync_internal.snapshot_precedes(last_known, resume_from) then
        resume_from := last_known;
    end if;
    -- Positions are lost with the end of a history, or in a crash: this may be a returning client.
    is_stale := resume_from is null and coalesce(greatest(present.lost_end_at, present.lost_sockets_at) > oldest, false);
end
$$;
comment on function wedsync_internal.resume_position(uuid, text, text) is
'The position of a client on a topic when it was last seen, by its session, else by user and topic. Null for a fresh client; is_stale when it was too long ago or in another history, so that the client has to resync; is_return when it certainly is a returning client.';
revoke all on function wedsync_internal.resume_position(uuid, text, text) from public;

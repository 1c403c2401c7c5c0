-- requires: realtime/message_frame, notifications/may_hear_message, realtime/topic_access
create or replace function wedsync_internal.replay_messages(subscription_id bigint, since timestamptz, max_rows integer)
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select wedsync_internal.message_frame(m, true)
    from (
        select m.* from wedsync_data.subscriptions as s
        join wedsync_data.subscription_groups as g on g.id = s.group_id
        join wedsync_data.messages as m on m.topic = g.topic and (g.scope <> 'free' or m.is_private = g.is_private)
        where s.id = $1 and m.created_at >= $2 and wedsync_internal.may_hear_message(m)
        order by m.seq desc
        limit greatest(least(coalesce($3, 25), 1000), 0)
    ) as m
    order by m.seq
$$;
comment on function wedsync_internal.replay_messages(bigint, timestamptz, integer) is
'Stored broadcasts of a subscription''s topic since a moment, the newest max_rows of them (at most 1000), oldest first: what a client asks for with config.broadcast.replay.';
revoke all on function wedsync_internal.replay_messages(bigint, timestamptz, integer) from public;
grant execute on function wedsync_internal.replay_messages(bigint, timestamptz, integer) to wedsync_worker;

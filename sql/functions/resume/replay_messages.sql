-- drop: function wedsync_internal.replay_messages(bigint, timestamptz, integer)
create or replace function wedsync_internal.replay_messages(subscription_id bigint, since timestamptz, max_rows integer, max_bytes integer default 16000000)
returns setof text
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    message wedsync_data.messages;
    frame text;
    frames text[] := '{}'::text[];
    size bigint := 0;
begin
    for message in
        select m.* from wedsync_data.subscriptions as s
        join wedsync_data.subscription_groups as g on g.id = s.group_id
        join wedsync_data.messages as m on m.topic = g.topic and (g.scope <> 'free' or m.is_private = g.is_private)
        where s.id = replay_messages.subscription_id and m.created_at >= since and wedsync_internal.may_receive_message(m)
        order by m.seq desc
        limit greatest(least(coalesce(max_rows, 25), 1000), 0)
    loop
        frame := wedsync_internal.message_frame(message, true);
        size := size + octet_length(frame);
        exit when size > max_bytes and frames <> '{}';
        frames := array_append(frames, frame);
    end loop;
    return query select f.frame from unnest(frames) with ordinality as f (frame, place) order by f.place desc;
end
$$;
comment on function wedsync_internal.replay_messages(bigint, timestamptz, integer, integer) is
'Stored broadcasts of a subscription''s topic since a time, the newest max_rows of them (at most 1000) that fit into max_bytes of text, oldest first: the replay that a client requests with config.broadcast.replay.';
revoke all on function wedsync_internal.replay_messages(bigint, timestamptz, integer, integer) from public;
grant execute on function wedsync_internal.replay_messages(bigint, timestamptz, integer, integer) to wedsync_worker;

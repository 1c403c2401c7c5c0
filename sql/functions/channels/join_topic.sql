-- drop: function wedsync_internal.join_topic(uuid, jsonb, text, jsonb)
create or replace function wedsync_internal.join_topic(
    node uuid, claims jsonb, topic text, config jsonb, connection_id uuid default null, session text default null, is_refresh boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    is_service constant boolean := coalesce(claims ->> 'role' = 'service_role', false);
    subject uuid;
    topic_id uuid;
    access record;
    audience record;
    joined_position pg_snapshot;
    resumed_from pg_snapshot;
    is_stale boolean := false;
    is_return boolean;
    subscription_id bigint;
    retry_after integer;
    problem text;
begin
    if not exists (select from wedsync_data.relay_nodes as n where n.node = join_topic.node) then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'InitializingProjectConnection', 'reason', 'the worker is reconnecting, try again');
    end if;
    if coalesce(claims ->> 'sub', '') ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' and claims ->> 'role' in ('authenticated', 'service_role') then
        subject := (claims ->> 'sub')::uuid;
    end if;
    topic := wedsync_internal.canonical_topic(topic);
    topic_id := substring(topic from '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')::uuid;

    -- A change of access that commits now either waits for this join or is seen by it.
    perform wedsync_internal.access_lock(topic_id, subject, true);
    access := wedsync_internal.topic_access(subject, is_service, topic);
    if access.code is not null then
        return pg_catalog.jsonb_build_object('ok', false, 'code', access.code, 'reason', access.reason);
    end if;
    problem := wedsync_internal.session_problem(claims, access.couple_id);
    if problem is not null then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'Unauthorized', 'reason', problem);
    end if;
    audience := wedsync_internal.group_for(
            join_topic.node, topic, access.scope, access.tables, access.couple_id, access.principals, access.readable, access.valid_until,
            coalesce(config, '{}'), is_service);
    if audience.problem is not null then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'InvalidBinding', 'reason', audience.problem);
    end if;
    problem := case when not is_refresh then wedsync_internal.pattern_problem(subject, audience.group_id) end;
    if problem is not null then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'InvalidBinding', 'reason', problem);
    end if;
    if is_refresh then
        -- the subscription continues with its position; changes of access are sent as a move
        update wedsync_data.subscriptions as s
        set group_id = audience.group_id, user_id = subject, is_service = coalesce(join_topic.claims ->> 'role' = 'service_role', false),
            valid_until = access.valid_until, collaboration_session = wedsync_internal.claimed_session(claims),
            moved_xid = case when s.group_id = audience.group_id then s.moved_xid else pg_catalog.pg_current_xact_id() end,
            moved_reason = case when s.group_id = audience.group_id then s.moved_reason end
        where s.group_id is not null and s.id = (
            select max(o.id) from wedsync_data.subscriptions as o
            where o.connection_id = join_topic.connection_id and o.topic = join_topic.topic and o.active and not o.ended
                and o.config = coalesce(join_topic.config, '{}')
        )
        returning s.id, s.joined_position into subscription_id, joined_position;
        if subscription_id is null then
            return pg_catalog.jsonb_build_object('ok', false, 'code', 'InitializingProjectConnection', 'reason', 'the channel has ended, join it again');
        end if;
    elsif subject is not null then
        select r.resume_from, r.is_stale, r.is_return into resumed_from, is_stale, is_return from wedsync_internal.resume_position(subject, session, topic) as r;
        -- resuming after a reconnect does not count as a new subscription
        if not is_return then
            retry_after := wedsync_internal.take_request(subject, 'realtime-subscribe');
            if retry_after is not null then
                return pg_catalog.jsonb_build_object(
                    'ok', false, 'code', 'ClientJoinRateLimitReached', 'reason', 'too many joins, try again in ' || retry_after || ' seconds'
                );
            end if;
        end if;
        if is_stale then
            -- also for an unknown client: the resync is repeated until the client has confirmed it
            insert into wedsync_data.resume_points (user_id, session, topic, position)
            values (subject, coalesce(join_topic.session, ''), join_topic.topic, pg_catalog.pg_current_snapshot())
            on conflict on constraint resume_points_pkey do nothing;
        end if;
    end if;
    if not is_refresh then
        joined_position := pg_catalog.pg_current_snapshot();
        insert into wedsync_data.subscriptions (
            node, connection_id, session, collaboration_session, group_id, user_id, is_service, couple_id, supplier_id, topic, is_private, config, valid_until,
            joined_position, resumed_from, resync
        ) values (
            join_topic.node, join_topic.connection_id, nullif(join_topic.session, ''), wedsync_internal.claimed_session(claims), audience.group_id, subject, is_service, access.couple_id, access.supplier_id,
            topic, coalesce(config ->> 'private', 'false') = 'true', coalesce(config, '{}'), access.valid_until, joined_position, resumed_from, coalesce(is_stale, false)
        )
        returning id into subscription_id;
    end if;
    return pg_catalog.jsonb_build_object(
        'ok', true, 'subscription_id', subscription_id, 'group_id', audience.group_id, 'topic', topic,
        'seq', (select k.seq from wedsync_data.wedding_clocks as k where k.couple_id = access.couple_id),
        'postgres_changes', audience.reply,
        'can_broadcast', access.can_broadcast, 'can_presence', access.can_presence, 'is_free', access.scope = 'free',
        'presence_topic', wedsync_internal.presence_topic(topic, access.scope = 'free', coalesce(config ->> 'private', 'false') = 'true'), 'couple_id', access.couple_id,
        'position', joined_position::text, 'resume_from', resumed_from::text, 'resync', coalesce(is_stale, false)
    );
end
$$;
comment on function wedsync_internal.join_topic(uuid, jsonb, text, jsonb, uuid, text, boolean) is
'Authorizes a channel for verified claims and subscribes the socket''s node to it
Returns {ok, subscription_id, group_id, topic, seq, postgres_changes, can_broadcast, can_presence, is_free, presence_topic, couple_id, resume_from, resync} or {ok: false, code, reason}. Every event that commits after this transaction is delivered to the group. With resume_from, call missed_frames and send what it returns before live frames; with resync, tell the client to resync. is_refresh: the existing subscription of this socket continues with the rights of a refreshed token.';
revoke all on function wedsync_internal.join_topic(uuid, jsonb, text, jsonb, uuid, text, boolean) from public;
grant execute on function wedsync_internal.join_topic(uuid, jsonb, text, jsonb, uuid, text, boolean) to wedsync_worker;

-- requires: sharing/user_access, realtime/subscription_group, realtime/read_bindings, realtime/access_lock
create or replace function wedsync_internal.join_topic(node uuid, claims jsonb, topic text, config jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    is_service constant boolean := claims ->> 'role' = 'service_role';
    subject uuid;
    couple uuid;
    access record;
    asked record;
    subscription_id bigint;
    group_id bigint;
    position bigint;
begin
    if not exists (select from wedsync_data.relay_nodes as n where n.node = join_topic.node) then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'InitializingProjectConnection', 'reason', 'this worker is reconnecting, try again');
    end if;
    if topic !~ '^core_fields_[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'UnknownTopic', 'reason', 'there is no such channel');
    end if;
    couple := substr(topic, 13)::uuid;
    -- however the client spells it, it is one topic
    topic := 'core_fields_' || couple;
    if coalesce(claims ->> 'sub', '') ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
        subject := (claims ->> 'sub')::uuid;
    end if;
    if not is_service and (subject is null or claims ->> 'role' is distinct from 'authenticated') then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'Unauthorized', 'reason', 'sign in first: the token needs a sub (a uuid) and the role authenticated');
    end if;

    -- A change of rights that commits now waits for this join or is seen by it: never neither.
    perform wedsync_internal.access_lock(couple, subject, true);
    select u.* into access from wedsync_internal.user_access(subject, couple) as u;
    if is_service then
        access.readable := repeat('1', 128)::bit(128);
        access.valid_until := 'infinity';
    end if;
    if access.readable = repeat('0', 128)::bit(128)
        or not exists (select from wedsync_data.weddings as w where w.id = couple) then
        return pg_catalog.jsonb_build_object(
            'ok', false, 'code', 'Unauthorized', 'reason', 'You do not have permissions to read from this Channel topic: ' || topic
        );
    end if;
    select b.* into asked from wedsync_internal.read_bindings(couple, config -> 'postgres_changes') as b;
    if asked.problem is not null then
        return pg_catalog.jsonb_build_object('ok', false, 'code', 'InvalidBinding', 'reason', asked.problem);
    end if;
    group_id := wedsync_internal.subscription_group(join_topic.node, couple, topic, access.readable, asked.bindings, true, access.valid_until);
    insert into wedsync_data.subscriptions (node, group_id, user_id, is_service, couple_id, topic, bindings, wants_broadcast, valid_until)
    values (join_topic.node, group_id, subject, is_service, couple, topic, asked.bindings, true, access.valid_until)
    returning id into subscription_id;
    select k.seq into position from wedsync_data.wedding_clocks as k where k.couple_id = couple;
    return pg_catalog.jsonb_build_object(
        'ok', true, 'subscription_id', subscription_id, 'group_id', group_id, 'seq', position, 'postgres_changes', asked.reply
    );
end
$$;
comment on function wedsync_internal.join_topic(uuid, jsonb, text, jsonb) is
'Authorises a channel for verified claims and subscribes the socket''s node to it
Returns {ok, subscription_id, group_id, seq, postgres_changes} or {ok: false, code, reason}. Every event that commits after this commits reaches the group.';
revoke all on function wedsync_internal.join_topic(uuid, jsonb, text, jsonb) from public;
grant execute on function wedsync_internal.join_topic(uuid, jsonb, text, jsonb) to wedsync_worker;

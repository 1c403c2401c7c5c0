-- drop: function wedsync_internal.require_broadcast(text[])
create or replace function wedsync_internal.require_broadcast(topics text[], events text[])
returns void
language plpgsql
stable
as $$
declare
    topic text;
    access record;
    caller uuid;
begin
    if wedsync_internal.is_service() then
        return;
    end if;
    caller := wedsync_internal.require_user();
    for topic in select distinct t.topic from unnest(topics) as t (topic) loop
        if topic is null then
            perform wedsync_internal.fail('invalid_value', '{"parameter": "topic", "rule": "required"}');
        end if;
        access := wedsync_internal.topic_access(caller, false, wedsync_internal.canonical_topic(topic));
        if access.code is not null then
            perform wedsync_internal.fail('not_found', '{"parameter": "topic", "rule": "a channel that you may join, without realtime:"}');
        elsif not access.can_broadcast then
            perform wedsync_internal.fail('not_allowed', pg_catalog.jsonb_build_object('rule', 'clients cannot broadcast on this channel'));
        elsif access.scope <> 'free' and exists (
            select from unnest(topics, events) as m (to_topic, event)
            where m.to_topic = topic and m.event = any (wedsync_internal.server_events())
        ) then
            perform wedsync_internal.fail('not_allowed', pg_catalog.jsonb_build_object('rule', 'event names of this form are reserved for the server'));
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.require_broadcast(text[], text[]) is
'Raises an error unless the caller may broadcast these events on these topics; trusted server roles may. Only servers may send server events, except on free topics, which have none.';
revoke all on function wedsync_internal.require_broadcast(text[], text[]) from public;

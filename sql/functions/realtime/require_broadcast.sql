-- requires: architecture/fail, identity/is_service, identity/require_user, realtime/topic_access
create or replace function wedsync_internal.require_broadcast(topics text[])
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
        access := wedsync_internal.topic_access(caller, false, topic);
        if access.code is not null then
            perform wedsync_internal.fail('not_found', '{"parameter": "topic", "rule": "a channel that you may join, without realtime:"}');
        elsif not access.can_broadcast then
            perform wedsync_internal.fail('not_allowed', pg_catalog.jsonb_build_object('rule', 'this channel carries only what the database announces'));
        end if;
    end loop;
end
$$;
comment on function wedsync_internal.require_broadcast(text[]) is 'Passes callers who may broadcast on all of the topics, and trusted server roles.';
revoke all on function wedsync_internal.require_broadcast(text[]) from public;
